"""Files from outside: reachable or not, what kind they are by their content, and their hash."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from pakkeforlop.vocabulary.errors import Fault, FileFault, unreadable

HEAD = 65_536
GZIP, PARQUET, ARROW = b"\x1f\x8b", b"PAR1", b"ARROW1"
ARROW_STREAM = b"\xff\xff\xff\xff"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CONTROL = bytes(code for code in range(32) if code not in (0, 9, 10, 12, 13, 26))
CONTROL_SHARE, ZERO_SHARE = 0.01, 0.3
"""More control characters or zeros than this and it is not text; a few zeros refuse their rows only."""


@dataclass
class InFile:
    """A file given to a command: its path, the name it is shown by, and its kind by content."""

    path: Path
    name: str
    kind: str = ""  # csv, csv.gz, parquet, arrow, arrow-stream
    encoding: str = ""
    delimiter: str = ""
    rows: int = 0
    notes: list[str] = field(default_factory=list)
    same_as: str = ""
    _size: int = 0
    _changed: int = 0
    _sha256: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the content, taken when first asked for; a fault if the file has changed since it was read."""
        if not self._sha256:
            try:
                with self.path.open("rb") as stream:
                    self._sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise unreadable(error, self.name) from error
            self.check_unchanged()
        return self._sha256

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    def check_unchanged(self) -> None:
        """A fault if someone has written to the file since it was opened first."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise unreadable(error, self.name) from error
        if (now.st_size, now.st_mtime_ns) != (self._size, self._changed):
            raise FileFault("file_changed", file=self.name)

    def open(self) -> BinaryIO:
        """The content, unpacked."""
        try:
            stream = self.path.open("rb")
        except OSError as error:
            raise unreadable(error, self.name) from error
        return cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if self.kind == "csv.gz" else stream


def reach(paths: Sequence[str | Path]) -> tuple[list[InFile], list[Fault]]:
    """The files that can be read, kind and all, and the faults of those that cannot."""
    files, faults = [], []
    for path, name in zip(paths, shown_names(paths), strict=True):
        try:
            files.append(_reach(Path(path), name))
        except Fault as fault:
            faults.append(fault)
    return files, faults


def shown_names(paths: Sequence[str | Path]) -> list[str]:
    """The name each file is shown by: its own, or its path as given where two have the same name."""
    names = [Path(path).name or str(path) for path in paths]
    return [name if names.count(name) == 1 else str(path) for name, path in zip(names, paths, strict=True)]


def without_repeats(files: Iterable[InFile]) -> list[InFile]:
    """The files with different content; one whose content came before is marked as the same and left out.

    Only files of the same size can be the same, so only those are hashed here.
    """
    files = list(files)
    sizes = [file.size for file in files]
    seen: dict[str, str] = {}
    kept = []
    for file in files:
        if sizes.count(file.size) > 1:
            file.same_as = seen.get(file.sha256, "")
            seen.setdefault(file.sha256, file.name)
        if not file.same_as:
            kept.append(file)
    return kept


def _reach(path: Path, name: str) -> InFile:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise FileFault("file_is_directory", file=str(path))
        if not stat.S_ISREG(about.st_mode):
            raise FileFault("file_not_regular", file=name)
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            stream.seek(-min(8, about.st_size), os.SEEK_END)
            tail = stream.read()
    except OSError as error:
        raise unreadable(error, path) from error
    if not head:
        raise FileFault("file_empty", file=name)
    file = InFile(path, name, _size=about.st_size, _changed=about.st_mtime_ns)
    file.kind = _kind(head, tail, name)
    return file


def _kind(head: bytes, tail: bytes, name: str) -> str:
    """What the content is, whatever the name says."""
    if head.startswith(PARQUET):
        if not tail.endswith(PARQUET):
            raise FileFault("half_written", file=name, kind="Parquet")
        return "parquet"
    if head.startswith(ARROW):
        if not tail.endswith(ARROW):
            raise FileFault("half_written", file=name, kind="Arrow")
        return "arrow"
    if head.startswith(ARROW_STREAM):
        return "arrow-stream"
    if head.startswith(GZIP):
        return "csv.gz"
    check_text(head, name)
    return "csv"


def check_text(head: bytes, name: str) -> None:
    """A fault that tells what it is when the beginning of a file is no text that can be read."""
    if head.startswith((ZIP, OLE)):
        raise FileFault("not_text_spreadsheet", file=name)
    if head.startswith(UTF16_MARKS) or _looks_like_utf16(head):
        raise FileFault("not_text_utf16", file=name)
    control = len(head) - len(head.translate(None, CONTROL))
    if control > CONTROL_SHARE * len(head) + 2 or head.count(0) > ZERO_SHARE * len(head):
        raise FileFault("not_text", file=name)


def _looks_like_utf16(head: bytes) -> bool:
    """Without a byte order mark, UTF-16 shows as a zero in every other byte."""
    start = head[:512]
    return len(start) >= 8 and max(start[0::2].count(0), start[1::2].count(0)) > 0.4 * len(start)
