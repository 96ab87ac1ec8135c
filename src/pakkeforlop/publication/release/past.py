"""Figures that others have published as the files of a release: the same files and columns as our own."""

from __future__ import annotations

from dataclasses import asdict

from pakkeforlop.publication.external import External
from pakkeforlop.publication.files import csv_of, parquet_of
from pakkeforlop.publication.release import figures


def files_of(made: External) -> dict[str, bytes]:
    """The public files of an external release."""
    table = figures.table_of([asdict(row) for row in made.rows])
    about = {key: made.record[key] for key in ("release", "released", "definitions", "external", "source", "licence")}
    return {
        "figures.csv": csv_of(table),
        "figures.parquet": parquet_of(table),
        "figures.json": figures.as_json(table, about),
    }
