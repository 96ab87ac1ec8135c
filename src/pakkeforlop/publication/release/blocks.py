"""Figures as the blocks that disclosure control works on: one for each family and year, dense over all that adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.disclosure.axes import Axis
from pakkeforlop.publication.disclosure.block import Block, DoesNotAddUp, Member, check_sums
from pakkeforlop.publication.disclosure.rule import Counts, Flags
from pakkeforlop.publication.release.plan import Family, Plan
from pakkeforlop.publication.release.source import Figure
from pakkeforlop.publication.release.spread import BANDS
from pakkeforlop.vocabulary.errors import FileFault

REST = "rest"
"""What no row names: patients of a trust at none of its hospitals, figures of a pathway without treatment kinds. A
reader works it out from what is shown, so it is protected as if it were shown."""
PARTS = ("K", "M", "S", "O")
ALL = "all"
Cell = tuple[str, str, str, str]
"""(unit, period, part, pathway): the names of a figure's nodes."""


class Tree:
    """What stands above what, by the catalogue: units and pathways."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.country = catalogue.country.org_nr
        self._regions = {key: region.org_nr for key, region in catalogue.regions.items()}
        self._catalogue = catalogue
        self._totals = {
            pathway.key: catalogue.families[pathway.family].total for pathway in catalogue.pathways.values()
        }

    def above_unit(self, org_nr: str, level: str, year: int) -> str:
        """The unit that a unit is a part of; empty for the country."""
        from datetime import date

        if level == "national":
            return ""
        unit = self._catalogue.units.resolve(org_nr)
        if level == "RHF" or unit is None:
            return self.country
        if level == "hospital":
            trust = self._catalogue.trusts.get(unit.trust(date(year, 12, 31)))
            return trust.org_nr if trust else self.country
        return self._regions.get(unit.region, unit.region) if unit.region else self.country

    def above_pathway(self, key: str) -> str:
        """The total that a pathway is a part of; empty for a total and for those outside."""
        return self._totals.get(key) or ""


def cell_of(figure: Figure) -> Cell:
    """The names of the nodes of a figure."""
    return figure.org_nr, figure.period, figure.branch, figure.pathway


def blocks_of(
    figures: Iterable[Figure], plan: Plan, tree: Tree, *, file: object, more: Mapping[str, Iterable[tuple[Cell, str]]]
) -> list[Block]:
    """The blocks of a release, by family and year. more: cells of earlier releases, by block: (cell, unit level)."""
    by_block: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for figure in figures:
        by_block[plan.family_of(figure.indicator).name, figure.year].append(figure)
    families = {family.name: family for family in plan.family}
    return [
        block_of(families[name], year, rows, plan, tree, file=file, more=more.get(f"{name} {year}", ()))
        for (name, year), rows in sorted(by_block.items())
    ]


def block_of(
    family: Family, year: int, rows: Sequence[Figure], plan: Plan, tree: Tree, *, file: object,
    more: Iterable[tuple[Cell, str]] = (),
) -> Block:  # fmt: skip
    """One block. Raises FileFault when figures do not add up, or two that should be equal are not."""
    name = f"{family.name} {year}"
    cells = {(cell_of(row), row.level) for row in rows} | set(more)
    axes = _axes(family, year, cells, tree)
    counts = [_counts(family, place, rows, axes, file) for place in range(len(family.members))]
    published = _published(axes, plan, family)
    members = [Member(family.share, n, d, published.copy()) for n, d in counts]
    tertials = {f"{year}T{number}" for number in (1, 2, 3)}
    block = Block(name, axes, members, whole={f"{year}", *tertials} <= set(axes[1].names), loose=loose_of(axes))
    try:
        _fill_rest(block)
        check_sums(block)
    except DoesNotAddUp as error:
        block_name, names, said, added = error.args
        raise FileFault("release_sums", file=file, block=block_name, nodes=names, said=said, added=added) from error
    return block


def _axes(family: Family, year: int, cells: set[tuple[Cell, str]], tree: Tree) -> tuple[Axis, ...]:
    levels = {cell[0]: level for cell, level in cells if cell[0] and not cell[0].endswith(REST)}
    above = {unit: tree.above_unit(unit, level, year) for unit, level in levels.items()}
    order = {"national": 0, "RHF": 1, "HF": 2, "hospital": 3}
    units = sorted(levels, key=lambda unit: (order[levels[unit]], unit))
    if "hospital" in levels.values() or family.parts == "band":
        holding = ("HF",) if "hospital" in levels.values() else ("national",)
        for trust in [unit for unit in units if levels[unit] in holding and unit in above.values()]:
            units.append(f"{trust} {REST}")
            above[units[-1]] = trust
    periods = sorted({cell[1] for cell, _ in cells if cell[1]}, key=lambda period: (len(period), period))
    parts = {"branch": [ALL, *PARTS, REST], "band": [ALL, *BANDS], "": [ALL]}[family.parts]
    pathways = sorted({cell[3] for cell, _ in cells})
    pathway_above = {key: tree.above_pathway(key) for key in pathways}
    return (
        _axis(units, above),
        _axis(periods, {period: period[:4] if len(period) > 4 else "" for period in periods}),
        _axis(parts, {part: ALL if part != ALL else "" for part in parts}),
        _axis(sorted(pathways, key=lambda key: (bool(pathway_above[key]), key)), pathway_above),
    )


def loose_of(axes: tuple[Axis, ...]) -> tuple[int, ...]:
    """Nodes of what trusts have at none of their hospitals."""
    return tuple(node for node, name in enumerate(axes[0].names) if name.endswith(REST))


def _axis(names: Sequence[str], above: Mapping[str, str]) -> Axis:
    at = {name: place for place, name in enumerate(names)}
    return Axis(tuple(names), tuple(at.get(above[name], -1) for name in names))


def _counts(
    family: Family, place: int, rows: Sequence[Figure], axes: tuple[Axis, ...], file: object
) -> tuple[Counts, Counts]:
    shape = tuple(len(axis.names) for axis in axes)
    numerator, denominator = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    at = [{name: node for node, name in enumerate(axis.names)} for axis in axes]
    indicators = family.members[place]
    first: dict[Cell, Figure] = {}
    for indicator in indicators:
        for row in (row for row in rows if row.indicator == indicator):
            cell = cell_of(row)
            known = first.setdefault(cell, row)
            if (known.numerator, known.denominator) != (row.numerator, row.denominator):
                raise FileFault("release_same", file=file, row=row.row, first=known.row, indicators=indicators)
            nodes = tuple(axis[name] for axis, name in zip(at, cell, strict=True))
            numerator[nodes], denominator[nodes] = row.numerator, row.denominator
    return numerator, denominator


def _published(axes: tuple[Axis, ...], plan: Plan, family: Family) -> Flags:
    published = np.ones(tuple(len(axis.names) for axis in axes), np.bool_)
    _, periods, parts, pathways = axes
    totals = {pathways.names[node] for node in set(pathways.above) if node >= 0}
    for node, pathway in enumerate(pathways.names):
        if plan.tertials_of and pathway not in {*plan.tertials_of, *totals}:
            published[:, [n for n, period in enumerate(periods.names) if len(period) > 4], :, node] = False
        if family.parts == "branch" and plan.branches_of and pathway not in {*plan.branches_of, *totals}:
            published[:, :, [n for n, part in enumerate(parts.names) if part != "all"], node] = False
    return published


def _fill_rest(block: Block) -> None:
    """What the named parts of a unit, and then of a figure, leave over. Raises DoesNotAddUp where that is no count."""
    units, _, parts, _ = block.axes
    for member in block.members:
        for counts in (member.numerator, member.denominator):
            for node, name in enumerate(units.names):
                if name.endswith(REST):
                    trust = units.above[node]
                    others = [n for n in units.below(trust) if n != node]
                    counts[node] = counts[trust] - counts[others].sum(axis=0)
            if REST in parts.names:
                named = [n for n, part in enumerate(parts.names) if part in PARTS]
                counts[:, :, parts.names.index(REST)] = counts[:, :, 0] - counts[:, :, named].sum(axis=2)
        wrong = (member.numerator < 0) | (member.denominator < member.numerator)
        wrong[list(block.loose)] = False
        for where in np.argwhere(wrong).tolist():
            names = [axis.names[node] for axis, node in zip(block.axes, where, strict=True)]
            numerator, denominator = (int(counts[tuple(where)]) for counts in (member.numerator, member.denominator))
            raise DoesNotAddUp(block.name, names, denominator, numerator)
