"""Choices that several families offer: units, pathways and roles, in the reader's language."""

from __future__ import annotations

from pakkeforlop.access.rights import Role
from pakkeforlop.access.scope import COUNTRY, Scope, units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t, words

Pairs = list[tuple[str, str]]
LEVELS = ("region", "trust", "hospital")


def unit_choices(scope: Scope, levels: tuple[str, ...] = LEVELS) -> Pairs:
    """The units of a scope, regions first, each by its present number; the country for one who has it."""
    found: Pairs = [(COUNTRY, unit_name(COUNTRY))] if scope.everywhere and "region" in levels else []
    for level in levels:
        rows = [u for n, u in units().by_number.items() if u.level == level and n == u.org_nr and _is_present(u)]
        rows = [unit for unit in rows if any(g.orgs is None or unit.org_nr in g.orgs for g in scope.grants)]
        found += sorted(((unit.org_nr, unit.name) for unit in rows), key=lambda pair: pair[1])
    return found


def pathway_choices(nothing: str = "") -> Pairs:
    """Every pathway by its letter and number; first the choice of all."""
    language = words().language
    codes = load_catalogue().pathways.items()
    return [("", nothing or t("layout.all_pathways").capitalize())] + [
        (code, f"{code} {getattr(pathway.name, language)}") for code, pathway in sorted(codes)
    ]


def pathway_name(code: str) -> str:
    """A pathway in words; the code itself when it is not one."""
    pathway = load_catalogue().pathways.get(code)
    return str(getattr(pathway.name, words().language)) if pathway else code


def role_choices() -> Pairs:
    """The roles in words."""
    return [(role.value, t(f"layout.role.{role.value}")) for role in Role]


def _is_present(unit: object) -> bool:
    """Not a number that another has replaced: a trust or hospital under its own number."""
    number, level = unit.org_nr, unit.level  # type: ignore[attr-defined]
    catalogue = load_catalogue()
    if level == "trust":
        return any(trust.org_nr == number for trust in catalogue.trusts.values())
    return level == "region" or number in catalogue.hospitals
