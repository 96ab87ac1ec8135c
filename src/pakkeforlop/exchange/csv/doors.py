"""Through the door: several files of any kind, all faulty ones told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pakkeforlop.exchange.csv.columnar import columnar_pieces, read_columnar
from pakkeforlop.exchange.csv.files import InFile, reach, without_repeats
from pakkeforlop.exchange.csv.layout import Layout
from pakkeforlop.exchange.csv.rows import Rows
from pakkeforlop.exchange.csv.text import read_text, text_pieces
from pakkeforlop.vocabulary.errors import Fault, FileFault, raise_all

Made = TypeVar("Made")
PIECE = 1 << 18
"""Rows of a columnar file that are read at a time."""


def read_all(
    paths: Sequence[str | Path], layout: Layout, make: Callable[[Rows], Made], *, may_be_empty: bool = False
) -> tuple[list[InFile], list[Made]]:
    """Every file given (also those left out as the same as another), and what `make` made of the rows of each.

    Faults of all files are collected and raised together; nothing is half done. A file with a header and no rows is
    no fault beside others with rows.
    """
    files, faults = reach(paths)
    made = []
    for file in without_repeats(files):
        try:
            made.append(make(read_rows(file, layout)))
        except Fault as fault:
            faults.append(fault)
    raise_all(faults)
    if not may_be_empty and not any(file.rows for file in files):
        raise_all([FileFault("no_rows", file=file.name) for file in files])
    return files, made


def one_file(path: str | Path) -> InFile:
    """The file of a path, kind and all; a fault when it cannot be reached."""
    files, faults = reach([path])
    raise_all(faults)
    return files[0]


def pieces_of(file: InFile, layout: Layout, piece: int = PIECE, wanted: Sequence[str] | None = None) -> Iterator[Rows]:
    """The rows of one file of any kind, some at a time, so that memory holds a piece and not the whole.

    wanted: the columns that are needed, where it is not all; other columns may come with them. At least one piece,
    which may be empty. A fault at the end if someone wrote to the file meanwhile.
    """
    if file.kind.startswith("csv"):
        yield from text_pieces(file, layout)
    else:
        yield from columnar_pieces(file, layout, piece, wanted)
    file.check_unchanged()


def read_rows(file: InFile, layout: Layout) -> Rows:
    """The rows of one file of any kind; a fault if someone wrote to it meanwhile."""
    rows = read_text(file, layout) if file.kind.startswith("csv") else read_columnar(file, layout)
    file.check_unchanged()
    return rows
