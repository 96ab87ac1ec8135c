"""milestones.csv read back."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from pakkeforlop.vocabulary.errors import FileFault, unreadable

COLUMNS = {"patient": pa.string(), "case": pa.string(), "milestone": pa.string(), "date": pa.date32()}


def read_milestones(path: Path, *wanted: str) -> pa.Table:
    """The milestones of a file that `registrations convert` wrote.

    FileFault when columns are missing, a date is none, or one of the `wanted` milestones is not in it.
    """
    try:
        options = arrow_csv.ConvertOptions(column_types=COLUMNS, strings_can_be_null=False)
        table = arrow_csv.read_csv(path, convert_options=options)
    except pa.ArrowInvalid as error:
        raise FileFault("damaged", file=path.name, kind="CSV") from error
    except OSError as error:
        raise unreadable(error, path.name) from error
    if missing := sorted(set(COLUMNS).difference(table.column_names)):
        raise FileFault("milestone_columns", file=path.name, missing=", ".join(missing))
    present = sorted(set(table["milestone"].to_pylist()))
    for name in wanted:
        if name not in present:
            raise FileFault("milestone_missing", file=path.name, name=name, present=", ".join(present))
    return table
