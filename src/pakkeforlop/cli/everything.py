"""What `pakkeforlop export` and `pakkeforlop restore` share: the folder's files, and reading them back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pakkeforlop.vocabulary.errors import FileFault, unreadable
from pakkeforlop.vocabulary.sentences import Sentences

if TYPE_CHECKING:
    import pyarrow as pa

say = Sentences(Path(__file__).with_suffix(".toml"))
"""What the two commands print."""
FORMAT = 1
RECORD = "run.json"
GROUP = 65_536


def table_file(table: str) -> str:
    """The file of a table, within the folder."""
    return f"tables/{table}.parquet"


def digest(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Everything:
    """A folder that `export` wrote, opened: its record, and its tables after their hashes have been looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / RECORD
        try:
            self.record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            self.tables: dict[str, dict[str, Any]] = self.record["tables"]
            self.migrations: dict[str, str] = self.record["migrations"]
        except OSError as error:
            raise unreadable(error, path) from error
        except (ValueError, KeyError, TypeError) as error:
            raise FileFault("no_export", file=str(folder)) from error

    def check(self, progress: Callable[[str, int], None]) -> None:
        """A fault when a file is not the one that was written."""
        for table, about in self.tables.items():
            path = self.folder / table_file(table)
            try:
                same = digest(path) == about["sha256"]
            except OSError as error:
                raise unreadable(error, path) from error
            if not same:
                raise FileFault("export_changed", file=str(path))
            progress(table, 0)

    def rows(self, table: str) -> Iterator[pa.Table]:
        """A table's rows, some at a time."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.folder / table_file(table)) as opened:
            for batch in opened.iter_batches(GROUP):
                yield pa.Table.from_batches([batch])
