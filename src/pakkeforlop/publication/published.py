"""Published figures as a table of rows: the file that `generate --like` follows and `compare` checks against.

A row is one figure: an indicator for a pathway, a unit and a period, as counts. What a row lacks is None. Units are
known by organisation number, never by name; names change and are spelt in several ways.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from pathlib import Path

from pakkeforlop.vocabulary.calendar import NO_DAY, day_number, day_of
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault, unreadable

NEEDED = (
    "indicator", "pathway_key", "unit_level", "org_nr", "period_type", "period_from", "period_to", "numerator",
    "denominator",
)  # fmt: skip
INDICATORS = {"OF4": "of4_share", "OA2": "inclusion_share"}
"""The publications' labels, and the meaning-based keys used here."""
LEVELS = ("national", "RHF", "HF", "private_group")
BRANCHES = ("K", "M", "S", "O")
TERTIAL_STARTS = {1: 0, 5: 1, 9: 2}
NOTE_OF_OWN_COUNTS = "does not follow"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One published figure. `branch` is "all" for the pathway as a whole; days are inclusive."""

    row_id: str
    indicator: str
    branch: str
    pathway: str
    level: str
    unit_name: str
    org_nr: str
    period_type: str
    period_from: int
    period_to: int
    numerator: int | None
    denominator: int | None
    percent: str
    status: str
    note: str
    source_kind: str

    @property
    def year(self) -> int:
        """The calendar year that the period begins in."""
        return day_of(self.period_from).year if self.period_from != NO_DAY else 0

    @property
    def tertials(self) -> tuple[int, ...]:
        """The tertials (0, 1, 2) of the year that the period covers; none for other periods."""
        if NO_DAY in (self.period_from, self.period_to):
            return ()
        start, end = day_of(self.period_from), day_of(self.period_to)
        if start.year != end.year or start.day != 1:
            return ()
        if self.period_type == "year" and (start.month, end.month, end.day) == (1, 12, 31):
            return (0, 1, 2)
        if self.period_type == "tertial" and start.month in TERTIAL_STARTS and (end.month, end.day) in {
            1: [(4, 30)], 5: [(8, 31)], 9: [(12, 31)]}[start.month]:  # fmt: skip
            return (TERTIAL_STARTS[start.month],)
        return ()

    @property
    def counts(self) -> tuple[int, int] | None:
        """(numerator, denominator) where the row prints both."""
        if self.status != "ok" or self.numerator is None or self.denominator is None:
            return None
        return self.numerator, self.denominator

    @property
    def percent_follows(self) -> bool:
        """Does the printed percent follow from the row's own counts, under any usual rounding? True when unknown."""
        if NOTE_OF_OWN_COUNTS in self.note:
            return False
        if not self.percent or not self.counts or not self.counts[1]:
            return True
        printed = printed_percent(self.percent)
        if printed is None:
            return True
        exact = Fraction(100 * self.counts[0], self.counts[1])
        shown = len(self.percent.strip().partition(".")[2])
        return any(
            printed == rounded(exact, how, places) for places in {shown, 2, 1} for how in ("cut", "nearest", "up")
        )


@dataclass(frozen=True)
class Figures:
    """A figures file: its rows, its name and the hash of its content."""

    name: str
    sha256: str
    rows: tuple[FigureRow, ...]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years that have pathway figures for a tertial or a year."""
        return tuple(
            sorted({r.year for r in self.rows if r.indicator in INDICATORS and r.tertials and r.status != "quoted"})
        )

    def of(self, indicator: str, year: int) -> tuple[FigureRow, ...]:
        """Rows of one indicator whose period lies in `year`."""
        return tuple(row for row in self.rows if row.indicator == indicator and row.year == year)


def printed_percent(text: str) -> Fraction | None:
    """The printed percent as an exact fraction; None when it is no number."""
    try:
        return Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None


def rounded(exact: Fraction, how: str, places: int) -> Fraction:
    """`exact` to `places` decimals: nearest (half away from zero), cut, or up."""
    scale = 10**places
    scaled = exact * scale
    if how == "cut":
        return Fraction(floor(scaled), scale)
    if how == "up":
        return Fraction(ceil(scaled), scale)
    return Fraction(floor(scaled + Fraction(1, 2)), scale)


def read_figures(path: Path) -> Figures:
    """Read a figures file: CSV with a heading, plain or packed with gzip or xz.

    Raises a Fault with the line and the column when the file is of another form.
    """
    if not path.is_file():
        raise UnreadableFault("file_missing", file=path)
    content = _unpacked(path)
    rows = tuple(_rows(content, path.name))
    if not rows:
        raise FileFault("no_rows", file=path)
    return Figures(name=path.name, sha256=hashlib.sha256(content).hexdigest(), rows=rows)


def _unpacked(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise unreadable(error, path) from error
    try:
        if raw[:2] == b"\x1f\x8b":
            return gzip.decompress(raw)
        if raw[:6] == b"\xfd7zXZ\x00":
            return lzma.decompress(raw)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise FileFault("half_written", file=path, kind=path.suffix.lstrip(".")) from error
    return raw


def _rows(content: bytes, name: str) -> Iterator[FigureRow]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = [column for column in NEEDED if column not in (reader.fieldnames or ())]
    if missing:
        raise FileFault("figures_columns", file=name, columns=missing)
    for number, cells in enumerate(reader, start=1):
        yield _row(cells, number, name)


def _row(cells: dict[str, str], number: int, name: str) -> FigureRow:
    def text(column: str) -> str:
        return (cells.get(column) or "").strip()

    def whole(column: str) -> int | None:
        if not text(column):
            return None
        try:
            value = int(text(column))
        except ValueError:
            raise FileFault("figures_number", file=name, row=number, column=column, value=text(column)) from None
        return None if value < 0 else value

    def day(column: str) -> int:
        if not text(column):
            return NO_DAY
        try:
            return day_number(date.fromisoformat(text(column)[:10]))
        except ValueError:
            raise FileFault("figures_date", file=name, row=number, column=column, value=text(column)) from None

    numerator, denominator = whole("numerator"), whole("denominator")
    if numerator is not None and denominator is not None and numerator > denominator:
        raise FileFault("figures_above", file=name, row=number, numerator=numerator, denominator=denominator)
    status = text("status") or ("suppressed" if denominator is None else "ok")
    return FigureRow(
        row_id=text("row_id") or f"row {number}",
        indicator=text("indicator"),
        branch=text("branch") or "all",
        pathway=text("pathway_key"),
        level=text("unit_level"),
        unit_name=text("unit_name"),
        org_nr=text("org_nr"),
        period_type=text("period_type"),
        period_from=day("period_from"),
        period_to=day("period_to"),
        numerator=numerator,
        denominator=denominator,
        percent=text("percent"),
        status=status,
        note=text("note"),
        source_kind=text("source_kind"),
    )


def packaged_path() -> Path:
    """Where the published figures that come with the product lie."""
    return Path(__file__).parent / "data" / "published_figures.csv.xz"


def packaged_figures() -> Figures:
    """The published figures of 2015, 2017, 2019 and 2021 that come with the product."""
    return read_figures(packaged_path())


def usable(rows: Iterable[FigureRow]) -> Iterator[FigureRow]:
    """Rows with both counts, for a tertial or a year, whose own figures agree."""
    return (row for row in rows if row.counts and row.tertials and row.percent_follows)
