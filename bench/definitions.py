"""What the peers are told: the definitions as small tables of numbers, made once and not timed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from bench.data import FAMILIES
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.vocabulary.calendar import day_number

START, ATTENDANCE, TRANSFER, DECISION, TREATMENT, OTHER = 1, 2, 3, 4, 5, 6
POINTS = {"start": START, "attendance": ATTENDANCE, "transfer": TRANSFER, "decision": DECISION, "treatment": TREATMENT}
SPANS = ("OF1", "OF2", "OF3", "OF4")
EVER = 1 << 20
BRANCHES = ("", "K", "M", "S", "O")
LEVELS = ("national", "RHF", "HF", "hospital")
"""Levels of units by number, as the figures name them."""


@dataclass(frozen=True)
class Cut:
    """One way of cutting the times into cells: whether by pathway (else all organ-specific ones together), whether by
    branch (else all), the level of units and the months in a period.
    """

    by_pathway: bool
    by_branch: bool
    level: int
    step: int


def cuts(cells: str) -> list[Cut]:
    """`all`: every cell of OF1 to OF4 that the product tells; `few`: pathway by month, for trusts and the country."""
    if cells == "few":
        return [Cut(True, False, 0, 1), Cut(True, False, 2, 1)]
    shapes = [(level, step) for level in range(4) for step in (1, 4, 12) if (level, step) != (3, 1)]
    return [Cut(p, b, level, step) for p in (True, False) for b in (False, True) for level, step in shapes]


PLACE_BITS = 8
"""Places of the catalogue must fit in them."""


@dataclass(frozen=True)
class Definitions:
    """codes: code, pw, pt, ord, kind, closes. places: institution, place, trust, region. pathways: pw, prefix, closed
    (day), organ (whether in the aggregate). limits: pw, span (1 to 4), kind (0 for any), since, until (days), days.
    """

    codes: pa.Table
    places: pa.Table
    pathways: pa.Table
    limits: pa.Table
    kinds: tuple[str, ...]
    trusts: tuple[str, ...]
    regions: tuple[str, ...]
    branch_of_kind: tuple[int, ...]

    def tables(self) -> dict[str, pa.Table]:
        """The tables by name."""
        return {"codes": self.codes, "places": self.places, "pathways": self.pathways, "limits": self.limits}


@cache
def definitions() -> Definitions:
    """Read from the product's catalogue: the peers are judged by what they do with it, not by reading TOML."""
    catalogue = load_catalogue()
    prefixes = sorted(prefix for prefix, pathway in catalogue.pathways.items() if pathway.family in FAMILIES)
    families = [catalogue.families[name] for name in FAMILIES]
    kinds = ["", *sorted({event.kind for family in families for event in family.event if event.kind})]
    codes, limits, pathways = [], [], []
    for pw, prefix in enumerate(prefixes):
        pathway = catalogue.pathways[prefix]
        closed = EVER if pathway.last_day is None else day_number(pathway.last_day)
        organ = int(bool(catalogue.families[pathway.family].total))
        pathways.append({"pw": pw, "prefix": prefix, "closed": closed, "organ": organ})
        for order, event in enumerate(catalogue.families[pathway.family].event):
            codes.append(
                {
                    "code": prefix + event.suffix, "pw": pw, "pt": POINTS.get(event.point, OTHER), "ord": order,
                    "kind": kinds.index(event.kind), "closes": int(bool(event.closes)),
                }
            )  # fmt: skip
        for span, versions in pathway.time_limit.items():
            for kind in {version.kind for version in versions}:
                of_kind = sorted((v for v in versions if v.kind == kind), key=lambda v: v.valid_from)
                ends = [day_number(v.valid_from) for v in of_kind[1:]] + [EVER]
                limits += [
                    {
                        "pw": pw, "span": SPANS.index(span) + 1, "kind": kinds.index(kind),
                        "since": day_number(version.valid_from), "until": end, "days": version.days,
                    }
                    for version, end in zip(of_kind, ends, strict=True)
                    if version.days is not None
                ]  # fmt: skip
    trusts = tuple(sorted(trust.org_nr for trust in catalogue.trusts.values()))
    regions = tuple(sorted(region.org_nr for region in catalogue.regions.values()))
    places = []
    for n, number in enumerate(sorted(catalogue.hospitals)):
        trust = catalogue.trusts[catalogue.hospitals[number].belongs[0].trust]
        region = regions.index(catalogue.regions[trust.region].org_nr)
        places.append({"institution": number, "place": n, "trust": trusts.index(trust.org_nr), "region": region})
    assert len(catalogue.hospitals) <= 1 << PLACE_BITS
    return Definitions(
        *(_whole_numbers(rows) for rows in (codes, places, pathways, limits)), tuple(kinds), trusts, regions,
        tuple(BRANCHES.index(kind) if kind in BRANCHES else 0 for kind in kinds),
    )  # fmt: skip


def _whole_numbers(rows: list[dict[str, object]]) -> pa.Table:
    table = pa.Table.from_pylist(rows)
    small = [f.with_type(pa.int32()) if pa.types.is_int64(f.type) else f for f in table.schema]
    return table.cast(pa.schema(small))
