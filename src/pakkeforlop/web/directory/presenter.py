"""Who is who in words: posts grouped by unit and pathway, and the posts that nobody holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pakkeforlop.access.models import Post
from pakkeforlop.access.scope import Scope
from pakkeforlop.web.layout.choices import pathway_name
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t

FOR_A_PATHWAY = ("responsible_doctor", "coordinator", "deputy")
"""Posts that every pathway of a hospital needs."""
SHORTEST_NUMBER = 5
"""Digits of a number that can be called from anywhere; shorter ones are a house's own."""
FOR_A_HOSPITAL = ("leader", "coding", "analysis")
"""Posts that a hospital needs once; a pathway may have its own."""
ORDER = ("leader", "responsible_doctor", "coordinator", "deputy", "coding", "analysis", "department_contact")


@dataclass(frozen=True)
class Line:
    """One post; `pk` None for one that nobody has entered."""

    pk: int | None
    kind: str
    kind_key: str
    name: str
    department: str
    phone: str
    hours: str
    mine: bool

    @property
    def dial(self) -> str:
        """The number as a phone takes it; empty for what is none."""
        digits = "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")
        return digits if len(digits) >= SHORTEST_NUMBER else ""


@dataclass
class Group:
    """The posts of one pathway at one unit; an empty pathway is the whole unit."""

    pathway: str
    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Unit:
    """One unit with its groups."""

    org_nr: str
    name: str
    groups: list[Group]

    @property
    def vacant(self) -> int:
        """How many of its posts nobody holds."""
        return sum(1 for group in self.groups for line in group.lines if not line.name)

    @property
    def total(self) -> int:
        """How many posts it has."""
        return sum(len(group.lines) for group in self.groups)


def directory(posts: Iterable[Post], *, editor: Scope, running: Iterable[tuple[str, str]] = ()) -> list[Unit]:
    """Units in the order of their names, the whole unit first and then pathways by code.

    running: hospital and pathway of what is open now; one that nobody is entered for is shown as vacant.
    """
    by_unit: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for org_nr, pathway in running:
        by_unit[org_nr].setdefault(pathway, [])
    for post in posts:
        by_unit[post.org_nr][post.pathway].append(_line(post, editor))
    units = [_unit(org_nr, groups) for org_nr, groups in by_unit.items()]
    return sorted(units, key=lambda unit: unit.name)


def vacant_only(units: Iterable[Unit]) -> list[Unit]:
    """The same with the posts that nobody holds alone."""
    found = []
    for unit in units:
        groups = [Group(g.pathway, g.title, [line for line in g.lines if not line.name]) for g in unit.groups]
        found.append(Unit(unit.org_nr, unit.name, [group for group in groups if group.lines]))
    return [unit for unit in found if unit.groups]


def _unit(org_nr: str, groups: dict[str, list[Line]]) -> Unit:
    there = groups.setdefault("", [])
    shown = []
    for pathway in sorted(groups):
        needed = FOR_A_PATHWAY if pathway else FOR_A_HOSPITAL
        lines = [*groups[pathway], *_missing(needed, groups[pathway], there if pathway else [])]
        lines.sort(key=lambda line: ORDER.index(line.kind_key))
        title = f"{pathway} {pathway_name(pathway)}" if pathway else t("directory.whole_unit")
        shown.append(Group(pathway, title, lines))
    return Unit(org_nr, unit_name(org_nr), shown)


def _missing(needed: tuple[str, ...], lines: list[Line], unit_lines: list[Line]) -> list[Line]:
    """Vacancies: posts that are needed and that neither the pathway nor the whole unit has a row for."""
    there = {line.kind_key for line in [*lines, *unit_lines]}
    return [
        Line(None, t(f"directory.kind.{kind}"), kind, "", "", "", "", False) for kind in needed if kind not in there
    ]


def _line(post: Post, editor: Scope) -> Line:
    return Line(
        pk=post.pk,
        kind=t(f"directory.kind.{post.kind}"),
        kind_key=post.kind,
        name=post.name,
        department=post.department,
        phone=post.phone,
        hours=post.phone_hours,
        mine=editor.covers(post.org_nr, post.pathway),
    )
