"""The folder that a run writes: all of it, or none of it.

Files are written into a temporary folder on the same disk and given their names when the last one is whole. A folder
that is new gets its name in one step. In a folder that exists the files are swapped in one by one: the old run.json
goes first and the new one comes last, so a run.json means that everything it lists is whole and of one run. What an
earlier run listed and this one does not make is removed. A run that was killed leaves only a hidden folder, which the
next run into the same place clears away.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from pakkeforlop.exchange.csv.write import sync_folder, to_csv, to_parquet
from pakkeforlop.vocabulary.errors import FULL_DISK, UnwritableFault, unwritable

RUN_RECORD = "run.json"
HIDDEN = ".unfinished-"


def hold(number: int) -> bool | None:
    """Lock an open folder; False when somebody else holds it, None where the disk knows no locks."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if isinstance(error, BlockingIOError) else None
    return True


class OutputFolder:
    """Use as a context; `finish` publishes, leaving without it removes all that was written.

    with OutputFolder("out") as folder:
        folder.write_table("messages.csv", table)
        folder.finish(record)
    """

    def __init__(self, out: str | Path) -> None:
        self.out = Path(out)
        self.written: dict[str, dict[str, Any]] = {}
        self._beside: Path | None = None
        self._locks: list[int] = []

    def __enter__(self) -> OutputFolder:
        try:
            for place in (self.out, *self.out.parents):
                if place.exists() and not place.is_dir():
                    raise UnwritableFault("out_is_file", file=str(place))
            self._prepare()
        except UnwritableFault:
            self._close()
            raise
        except OSError as error:
            self._close()
            raise unwritable(error, self.out) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._close()
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            raise unwritable(error, self.out) from error

    def path(self, name: str) -> Path:
        """Where to write a file of the run oneself; its folders are made."""
        path = self._folder / _safe(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(error, self.out / name) from error
        self.written.setdefault(name, {})
        return path

    def write_table(self, name: str, table: pa.Table, *, as_text: bool = False) -> None:
        """Write a table as CSV or Parquet, by the name's ending."""
        path = self.path(name)
        try:
            with path.open("wb") as stream:
                if path.suffix == ".parquet":
                    to_parquet(table, stream)
                else:
                    to_csv(table, stream, as_text=as_text)
        except OSError as error:
            raise unwritable(error, self.out / name) from error
        self.written[name] = {"rows": len(table)}

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write a file of any kind."""
        path = self.path(name)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise unwritable(error, self.out / name) from error

    def write_text(self, name: str, text: str) -> None:
        """Write a text in UTF-8."""
        self.write_bytes(name, text.encode())

    def finish(self, record: dict[str, Any]) -> None:
        """Write run.json with the list of files, and give everything its name."""
        self.written.pop(RUN_RECORD, None)
        for name, about in self.written.items():
            about["bytes"] = (self._folder / name).stat().st_size
        written = [{"name": name, **about} for name, about in sorted(self.written.items())]
        text = json.dumps({**record, "files_written": written}, ensure_ascii=False, indent=2)
        self.write_text(RUN_RECORD, text + "\n")
        try:
            self._sync()
            self._publish()
        except OSError as error:
            raise unwritable(error, self.out) from error

    @property
    def beside(self) -> Path:
        """The folder that nobody sees until all is written. Temporary files may lie in it, and are gone by then."""
        return self._folder

    @property
    def _folder(self) -> Path:
        if self._beside is None:
            raise RuntimeError("the folder is not open")
        return self._beside

    def _prepare(self) -> None:
        """Make the temporary folder: inside a folder that exists (the same disk for sure), beside one that does not."""
        if self.out.is_dir():
            if self._lock(self.out) is False:
                raise UnwritableFault("out_busy", file=str(self.out))
            where, prefix = self.out, HIDDEN
        else:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            where, prefix = self.out.parent, f".{self.out.name}{HIDDEN}"
        for left in where.iterdir():
            if left.name.startswith(prefix) and self._lock(left) is True:  # no living run holds it
                shutil.rmtree(left, ignore_errors=True)
        self._beside = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
        self._lock(self._beside)
        mask = os.umask(0)
        os.umask(mask)
        self._beside.chmod(0o777 & ~mask)

    def _lock(self, folder: Path) -> bool | None:
        """Hold the folder until the end; False when another run does, None where the disk knows no locks."""
        number = os.open(folder, os.O_RDONLY)
        held = hold(number)
        if held:
            self._locks.append(number)
        else:
            os.close(number)
        return held

    def _sync(self) -> None:
        """Everything on disk before anything gets its name."""
        for path in sorted(self._folder.rglob("*")):
            number = os.open(path, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
        sync_folder(self._folder)

    def _publish(self) -> None:
        if not self.out.exists():
            try:
                self._folder.rename(self.out)
                sync_folder(self.out.parent)
                self._beside = None
                return
            except OSError as error:
                if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                    raise
        before = _listed_in(self.out / RUN_RECORD)
        (self.out / RUN_RECORD).unlink(missing_ok=True)
        for name in before - set(self.written):
            (self.out / name).unlink(missing_ok=True)
        for name in [*(name for name in self.written if name != RUN_RECORD), RUN_RECORD]:
            target = self.out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).replace(target)
            sync_folder(target.parent)

    def _close(self) -> None:
        if self._beside is not None:
            shutil.rmtree(self._beside, ignore_errors=True)
            self._beside = None
        for number in self._locks:
            os.close(number)
        self._locks.clear()


def _safe(name: str) -> str:
    """A name inside the folder."""
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts:
        raise ValueError(name)
    return name


def _listed_in(record: Path) -> set[str]:
    """The files that the run before listed; none when its record cannot be read."""
    try:
        listed = json.loads(record.read_text(encoding="utf-8"))["files_written"]
        return {_safe(str(entry["name"])) for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
