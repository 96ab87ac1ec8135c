"""A file that a person gives, on disk for its reading only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LARGEST = 64 << 20
"""Bytes; a larger file is not taken."""


@contextmanager
def for_reading(given: Any) -> Iterator[Path]:
    """The file in a folder that nobody else can read, under a name of ours with its ending; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="given-") as folder:
        path = Path(folder) / f"given{Path(given.name).suffix.casefold()}"
        with path.open("wb") as stream:
            for piece in given.chunks():
                stream.write(piece)
        yield path
