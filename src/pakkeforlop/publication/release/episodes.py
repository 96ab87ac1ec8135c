"""The episodes of a run, for what indicators do not hold: days over the limit, and what to expect of fresh periods."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.release.fresh import fresh_parquet
from pakkeforlop.publication.release.over import band_figures
from pakkeforlop.publication.release.source import Figure
from pakkeforlop.publication.release.spread import spread_rows
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault, unreadable

COLUMNS = (
    "pathway", "trust", "start_date", "end_date", "end", "treatment_date", "share_days", "share_limit", "share_within",
    "share_reason",
)  # fmt: skip
FRESH = "fresh.parquet"


def read_episodes(
    path: Path | None, catalogue: Catalogue, figures: Sequence[Figure], *, as_of: int | None
) -> tuple[list[Figure], dict[str, bytes]]:
    """(bands as figures, files that a release shows beside its figures); nothing without episodes."""
    if path is None:
        return [], {}
    table = _table(path)
    bands = band_figures(spread_rows(table, catalogue), figures, catalogue, file=path)
    known = [pc.max(table[name]).as_py() for name in ("start_date", "end_date", "treatment_date")]
    last = as_of if as_of is not None else day_number(max(day for day in known if day is not None))
    return bands, {FRESH: fresh_parquet(table, catalogue, last)}


def _table(path: Path) -> pa.Table:
    try:
        names = pq.read_schema(path).names
        if missing := [name for name in COLUMNS if name not in names]:
            raise FileFault("figures_columns", file=path, columns=missing)
        table = pq.read_table(path, columns=list(COLUMNS))
    except FileNotFoundError as error:
        raise UnreadableFault("file_missing", file=path) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except pa.ArrowException as error:
        raise FileFault("damaged", file=path, kind="Parquet") from error
    if not len(table):
        raise FileFault("no_rows", file=path)
    return table
