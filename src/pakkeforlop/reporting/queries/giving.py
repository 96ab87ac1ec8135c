"""Whose registrations a unit's figures of a period are made of: the patients to link, and no others.

Figures are sums over patients, and every pathway counts at the hospital where it started (messages: where the code was
registered; new patients outside the pathways: where they were first seen). So whoever has never had a code at the unit
gives it nothing but a first contact. A pathway counts in the periods of its start, decision, treatment and end, which
are days of the patient's own codes; of these there must be one in the period. Three things have a day without a code:
a pathway that a rule closes, one that is open (the store's own rows say which), and the first contact with a new
cancer.

Too many patients do no harm; the test holds the figures to those of all patients.
"""

from __future__ import annotations

from datetime import date

from pakkeforlop.access import statements
from pakkeforlop.access.scope import expand, units
from pakkeforlop.episodes.store import engine
from pakkeforlop.episodes.tables import NEVER
from pakkeforlop.vocabulary.calendar import day_number

CODED = (
    "SELECT patient_id FROM (SELECT DISTINCT patient_id FROM coding_registration WHERE {at_unit}1 = 1) AS here "
    "WHERE EXISTS (SELECT 1 FROM coding_registration AS r WHERE r.patient_id = here.patient_id "
    "AND (r.event_date BETWEEN %s AND %s{closed}))"
)
CLOSED = " OR UPPER(SUBSTR(r.code, 1, 3)) IN ({marks})"
FOUND = (
    "SELECT c.patient_id FROM coordination_newcancer AS c WHERE c.patient_id IN "
    "(SELECT patient_id FROM coding_registration WHERE {at_unit}1 = 1) AND c.first_contact_date BETWEEN %s AND %s"
)
SEEN = "SELECT patient_id FROM coordination_newcancer WHERE {at_unit}first_contact_date BETWEEN %s AND %s"
GOING = 'SELECT patient_id FROM episodes_episode WHERE {at_unit}"end" IS NULL'


def giving(org_nr: str, period: tuple[date, date], *, as_of: date) -> list[int]:
    """The patients who may give a unit, or a part of it, a figure of a period or of a part of it; ids, in order."""
    names = institutions_of(org_nr, period[1])
    places = () if names is None else (tuple(names),)
    at_unit = "" if names is None else f"{statements.among('institution', 'text')} AND "
    closed = _closed_within(period)
    by_rule = CLOSED.format(marks=statements.marks(len(closed))) if closed else ""
    parts = [
        (CODED.format(at_unit=at_unit, closed=by_rule), (*places, *period, *closed)),
        (FOUND.format(at_unit=at_unit), (*places, *period)),
        (SEEN.format(at_unit=at_unit), (*places, *period)),
    ]
    if period[0] <= as_of <= period[1]:
        parts.append((GOING.format(at_unit=at_unit.replace("institution", "start_institution", 1)), places))
    text = " UNION ".join(text for text, _ in parts)
    rows = statements.ask(f"{text} ORDER BY 1", tuple(value for _, values in parts for value in values))
    return [patient for (patient,) in rows]


def institutions_of(org_nr: str, on: date) -> list[str] | None:
    """The institutions, as registrations write them, that are or ever were of a unit; None for the whole country."""
    orgs = expand(org_nr, on)
    if orgs is None:
        return None
    return [name for name in _written() if name in orgs or _numbers_of(name) & orgs]


def _written() -> list[str]:
    """Every institution that stands in a registration or at a first contact; each is looked up in its index."""
    found = []
    for table in ("coding_registration", "coordination_newcancer"):
        text = (
            f"WITH RECURSIVE each(name) AS (SELECT MIN(institution) FROM {table} UNION ALL SELECT (SELECT "
            f"MIN(t.institution) FROM {table} AS t WHERE t.institution > each.name) FROM each WHERE each.name "
            "IS NOT NULL) SELECT name FROM each WHERE name IS NOT NULL"
        )
        found += [name for (name,) in statements.ask(text)]
    return sorted({*found})


def _numbers_of(institution: str) -> set[str]:
    """The numbers of the hospital, of every trust it belongs or belonged to, and of their regions."""
    unit = units().resolve(institution)
    if unit is None:
        return {institution.strip()}
    numbers = {unit.org_nr, unit.hospital}
    for key in (unit.region, *(each for belongs in unit.belongs for each in (belongs.trust, _region(belongs.trust)))):
        known = units().resolve(key) if key else None
        numbers |= {known.org_nr} if known else set()
    return numbers - {""}


def _region(trust: str) -> str:
    unit = units().resolve(trust)
    return unit.region if unit else ""


def _closed_within(period: tuple[date, date]) -> tuple[str, ...]:
    """Prefixes of the pathways that a rule closes in a period: they end then without a code."""
    tables = engine().tables
    first, last = map(day_number, period)
    days = zip(tables.pathways, tables.rules.prefix_last, strict=True)
    return tuple(prefix for prefix, day in days if day < NEVER and first <= day <= last)
