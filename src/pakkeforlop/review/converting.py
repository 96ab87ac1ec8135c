"""A log converted into a folder: registrations, milestones, what was refused, and the record that a report reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.logs.convert import convert
from pakkeforlop.exchange.logs.mapping import load_mapping

RECORD = "convert.json"
"""Stands beside registrations.csv; `monitor` tells its start and its shift of dates in the report."""


def convert_into(
    out: Path,
    logs: Sequence[Path],
    mapping: Path,
    catalogue: Path | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Convert logs and write the folder; the record of the run.

    Faults as in `exchange.logs`; nothing is written unless all is.
    """
    known = load_catalogue(catalogue)
    chosen = load_mapping(mapping, known.codes.keys())
    progress("reading")
    found = convert(logs, chosen, progress=progress)
    found.record["unknown_places"] = _unknown_places(found.registrations, known)
    progress("writing")
    with OutputFolder(out) as folder:
        folder.write_table("milestones.csv", found.milestones)
        if found.registrations.num_rows:
            folder.write_table("registrations.csv", found.registrations)
        folder.write_table("rejects.csv", found.refused)
        folder.write_text(RECORD, json.dumps(found.record, ensure_ascii=False, indent=2) + "\n")
        folder.finish(found.record)
    return found.record


def _unknown_places(registrations: pa.Table, catalogue: Catalogue) -> dict[str, int]:
    """Places that the catalogue does not have, with their registrations; the most frequent first."""
    counted = pc.value_counts(registrations["institution"].cast(pa.string())).to_pylist()
    unknown = {one["values"]: one["counts"] for one in counted if catalogue.units.resolve(one["values"]) is None}
    return dict(sorted(unknown.items(), key=lambda item: (-item[1], item[0])))
