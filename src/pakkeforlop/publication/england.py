"""A second country: England's cancer waiting times, October 2023 to September 2024, as published per provider.

A patient shared by two hospitals counts half for each, so counts are exact fractions. Among the published rows stand
totals (`ALL ROUTES`, `ALL STAGES`, `ALL CANCERS`) beside their parts: one or the other is read, never both.

Source: NHS England, Cancer Waiting Times, provider based workbooks (final), Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from pakkeforlop.vocabulary.errors import FileFault

ALL = frozenset({"ALL ROUTES", "ALL STAGES", "ALL CANCERS"})
NOT_BANDS = ("period", "code", "name", "route", "cancer", "total", "within", "after", "published_share")
COUNTRY = "England"
PACKAGED = Path(__file__).parent / "data" / "england_2023_24.csv.xz"
COLUMNS = ("standard", "period", "code", "name", "route", "cancer", "total", "within", "bands")


@dataclass(frozen=True)
class Waits:
    """Patients of a standard (28, 31 or 62 days) in a period; `bands`: (name, patients) from the shortest wait."""

    standard: int
    period: str
    code: str
    name: str
    route: str
    cancer: str
    total: Fraction
    within: Fraction
    bands: tuple[tuple[str, Fraction], ...] = ()

    @property
    def is_total(self) -> bool:
        """Whether the row holds other rows."""
        return self.route in ALL or self.cancer in ALL


def read(path: Path, standard: int) -> list[Waits]:
    """The rows of a published file, CSV, plain or packed with gzip. Raises FileFault where a row contradicts itself."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8")
    reader = csv.DictReader(io.StringIO(text))
    bands = [name for name in reader.fieldnames or () if name not in NOT_BANDS]
    found = []
    for number, cells in enumerate(reader, start=1):
        one = Waits(
            standard,
            cells["period"],
            cells["code"] or COUNTRY,
            cells["name"],
            cells["route"],
            cells["cancer"],
            Fraction(cells["total"]),
            Fraction(cells["within"]),
            tuple((name, Fraction(cells[name])) for name in bands),
        )
        if one.within + Fraction(cells["after"]) != one.total or sum(count for _, count in one.bands) != one.total:
            raise FileFault("damaged", file=f"{path}:{number}", kind="CSV")
        found.append(one)
    return found


def whole(rows: Iterable[Waits]) -> list[Waits]:
    """The rows that hold all routes and all cancers: each patient once."""
    return [one for one in rows if one.route in ALL and one.cancer in ALL]


def parts(rows: Iterable[Waits]) -> list[Waits]:
    """The rows that hold no other: each patient once, too."""
    return [one for one in rows if not one.is_total]


def added(rows: Iterable[Waits], *by: str) -> list[Waits]:
    """Rows added up over all that `by` does not name (`period`, `code`, `cancer`, `route`)."""
    kept: dict[tuple[str, ...], list[Waits]] = defaultdict(list)
    for one in rows:
        kept[tuple(str(getattr(one, name)) for name in by)].append(one)
    found = []
    for _, group in sorted(kept.items()):
        newest = max(group, key=lambda one: one.period)
        bands: dict[str, Fraction] = {}
        for one in group:
            for name, count in one.bands:
                bands[name] = bands.get(name, Fraction(0)) + count
        found.append(
            Waits(
                newest.standard,
                newest.period if "period" in by else "year",
                newest.code if "code" in by else COUNTRY,
                newest.name if "code" in by else COUNTRY,
                newest.route if "route" in by else "ALL ROUTES",
                newest.cancer if "cancer" in by else "ALL CANCERS",
                sum((one.total for one in group), Fraction(0)),
                sum((one.within for one in group), Fraction(0)),
                tuple(bands.items()),
            )
        )
    return found


def reduced(folder: Path) -> list[Waits]:
    """What the pages need of the published files: months of the country, cancers and providers of the year."""
    found = []
    for standard in (28, 31, 62):
        rows = read(folder / f"{standard}day_providers.csv.gz", standard)
        found += added(whole(rows), "period")
        if standard == 62:
            by_cancer = [one for one in rows if one.route in ALL and one.cancer not in ALL]
            found += added(by_cancer, "cancer")
            found += added(whole(rows), "code")
    return found


def write(rows: Iterable[Waits]) -> bytes:
    """Rows as the packaged file."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in rows:
        bands = " ".join(f"{name}={_written(count)}" for name, count in one.bands)
        writer.writerow(
            [
                one.standard,
                one.period,
                one.code,
                one.name,
                one.route,
                one.cancer,
                _written(one.total),
                _written(one.within),
                bands,
            ]
        )
    return lzma.compress(stream.getvalue().encode(), preset=9)


def _written(count: Fraction) -> str:
    return str(count.numerator) if count.denominator == 1 else str(float(count))


@cache
def packaged() -> tuple[Waits, ...]:
    """The rows that come with the product."""
    text = lzma.decompress(PACKAGED.read_bytes()).decode()
    return tuple(
        Waits(
            int(cells["standard"]),
            cells["period"],
            cells["code"],
            cells["name"],
            cells["route"],
            cells["cancer"],
            Fraction(cells["total"]),
            Fraction(cells["within"]),
            tuple(
                (name, Fraction(count)) for name, _, count in (part.partition("=") for part in cells["bands"].split())
            ),
        )
        for cells in csv.DictReader(io.StringIO(text))
    )
