"""Log files as streams of bytes: gzip opened by content, with a bound on how much a packed file may grow.

Every quarter of a megabyte that is read is a new stretch of the file, with its own time (`enclosed`).
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from pakkeforlop.exchange.enclosed import renew
from pakkeforlop.vocabulary.errors import FileFault, unreadable

GZIP = b"\x1f\x8b"
MOST_GROWTH = 300
"""A packed file may become this many times larger. Real logs grow 10 to 60 times; a zip bomb a thousand."""
FREE_GROWTH = 64 << 20
"""Growth up to this size is never asked about."""
STRETCH = 1 << 18
"""Bytes read at a time."""


class _Bounded(io.RawIOBase):
    """A stream that stops when it has given more than a packed file of its size can honestly hold (packed: None for a
    plain file), and tells of each stretch.
    """

    def __init__(self, stream: BinaryIO, packed: int | None, name: str) -> None:
        self._stream, self._given, self._name = stream, 0, name
        self._most = sys.maxsize if packed is None else max(FREE_GROWTH, packed * MOST_GROWTH)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        renew()
        got = self._stream.read(len(buffer))
        self._given += len(got)
        if self._given > self._most:
            raise FileFault("grows_too_much", file=self._name, times=MOST_GROWTH)
        buffer[: len(got)] = got
        return len(got)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The content of a file, unpacked.

    UnreadableFault when it cannot be opened; FileFault when it is empty, damaged or a zip bomb.
    """
    try:
        if path.is_dir():
            raise FileFault("file_is_directory", file=str(path))
        if path.exists() and not path.is_file():
            raise FileFault("file_not_regular", file=path.name)
        with path.open("rb") as stream:
            head = stream.read(2)
            stream.seek(0)
            if not head:
                raise FileFault("file_empty", file=path.name)
            content, size = cast(BinaryIO, stream), None
            if head == GZIP:
                content, size = cast(BinaryIO, gzip.GzipFile(fileobj=stream)), path.stat().st_size
            yield cast(BinaryIO, io.BufferedReader(_Bounded(content, size, path.name), STRETCH))
    except (EOFError, zlib.error) as error:
        raise FileFault("half_written", file=path.name, kind="gzip") from error
    except gzip.BadGzipFile as error:
        raise FileFault("damaged", file=path.name, kind="gzip") from error
    except OSError as error:
        raise unreadable(error, path.name) from error
