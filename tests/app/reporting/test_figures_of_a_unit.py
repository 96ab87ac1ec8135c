"""A unit's figures of a period, counted from the patients who can give them, are those of a whole run, cell by cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.store.filling import fill
from pakkeforlop.access.scope import COUNTRY, expand
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.models import NewCancer
from pakkeforlop.episodes import store
from pakkeforlop.reporting.queries import behind
from pakkeforlop.reporting.queries.figures import COLUMNS, counted, figures
from pakkeforlop.reporting.queries.giving import giving
from pakkeforlop.vocabulary.calendar import day_number
from property import cohorts

pytestmark = pytest.mark.django_db


def stored(cohort: cohorts.Cohort) -> None:
    """A cohort in the store, linked."""
    people = fill(cohort.rows, cohort.people)
    for row in cohort.cancers:
        source = row["patient_id"]
        if source not in people:
            born, sex = cohort.people.get(source, (None, ""))
            people[source] = Patient.objects.create(
                source_id=source, told=source in cohort.people, birth_date=born, sex=int(sex or 0)
            )
    NewCancer.objects.bulk_create(
        [NewCancer(**{**row, "patient_id": people[row["patient_id"]].pk}) for row in cohort.cancers],
        ignore_conflicts=True,
    )
    store.relink([patient.pk for patient in people.values()], as_of=cohort.as_of)


def rows_of(table: Any, org_nr: str, period: tuple[date, date]) -> list[dict[str, Any]]:
    """The plain figures of a whole run that belong to a unit and its parts, for periods within one."""
    orgs = expand(org_nr, period[1])
    return [
        {name: "" if row[name] is None and name in ("kind", "label") else row[name] for name in COLUMNS}
        for row in table.to_pylist()
        if not row["sex"] and not row["age_group"] and (orgs is None or row["org_nr"] in orgs)
        if period[0] <= row["period_from"] and row["period_to"] <= period[1]
    ]


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted(row.items(), key=lambda pair: pair[0])) for row in rows)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_cell_of_every_unit_is_that_of_a_whole_run(seed: int, settings: Any):
    """Days on which pathways are taken out, hospitals that change trust, keys for numbers, places nobody knows."""
    cohort = cohorts.draw(seed, 30)
    stored(cohort)
    whole = cohorts.whole(cohorts.tables(cohort), day_number(cohort.as_of))
    units = sorted({number for number in whole["org_nr"].to_pylist() if number})
    assert len(units) > 10
    year = cohort.as_of.year
    periods = [(date(year, 1, 1), date(year, 12, 31)), (date(year - 1, 1, 1), date(year - 1, 8, 31))]
    seen = 0
    for org_nr in units[seed % 4 :: 4]:
        for period in periods:
            expected = rows_of(whole, org_nr, period)
            assert in_order(figures(org_nr, period, as_of=cohort.as_of)) == in_order(expected), (org_nr, period)
            seen += len(expected)
    assert seen > 100


def test_only_those_are_linked_who_can_give_the_unit_something():
    cohort = cohorts.draw(4, 40)
    stored(cohort)
    period = (date(2023, 1, 1), date(2023, 12, 31))
    everyone = Registration.objects.values("patient_id").distinct().count()
    assert 0 < len(giving("974557746", period, as_of=cohort.as_of)) < everyone / 3
    assert set(giving("974557746", period, as_of=cohort.as_of)) <= set(giving(COUNTRY, period, as_of=cohort.as_of))


def test_a_first_contact_elsewhere_counts_where_the_pathway_started_though_no_code_is_of_that_year():
    """Started in Bergen on 28 December 2022, seen in Stavanger on 4 January 2023: one of one, in Bergen's year 2023."""
    one = fill([
        {"patient_id": "1", "code": "A01A", "event_date": "2022-12-28", "institution": "974557746"},
        {"patient_id": "2", "code": "A01A", "event_date": "2022-12-28", "institution": "974557746"},
    ])["1"]  # fmt: skip
    NewCancer.objects.create(
        patient=one, icd10="C50.1", first_contact_date=date(2023, 1, 4), institution="974703300"
    )  # fmt: skip
    year = (date(2023, 1, 1), date(2023, 12, 31))
    found = figures("974557746", year, as_of=date(2024, 6, 1))
    shares = {
        (row["numerator"], row["denominator"]) for row in found
        if row["indicator"] == "inclusion_share" and row["period_type"] == "year" and row["pathway_key"] == "breast"
    }  # fmt: skip
    assert shares == {(1, 1)}


@pytest.mark.parametrize("seed", [2, 4])
def test_a_number_opens_to_as_many_pathways_as_it_counts(seed: int):
    """Every share, start and open pathway of every hospital and trust, by pathway."""
    cohort = cohorts.draw(seed, 30)
    stored(cohort)
    year = cohort.as_of.year
    known = load_catalogue().pathways
    seen = seen_contacts = 0
    for org_nr in ("974557746", "983974724", "974631776", "983971709", "983971636", "974749025", "912345678"):
        for one in (year, year - 1):
            cell = behind.Cell(org_nr, (date(one, 1, 1), date(one, 12, 31)), cohort.as_of)
            all_told = counted(org_nr, cell.period, as_of=cohort.as_of)
            told = {
                (row["indicator"], row["pathway_key"]): row for row in all_told.rows
                if row["org_nr"] == org_nr and row["period_type"] == "year" and row["branch"] == "all" and not row["kind"]
            }  # fmt: skip
            for prefix in known:
                mine = behind.pathways_of(all_told.linking, cell, [prefix])
                opened = {kind: len(behind.behind(mine, kind, cell)) for kind in behind.KINDS}
                share = told.get(("of4_share", known[prefix].key), {"numerator": 0, "denominator": 0})
                assert opened["counts"] == share["denominator"]
                assert opened["counts"] - opened["over"] == share["numerator"]
                started = told.get(("pathways_started", known[prefix].key), {"numerator": 0})
                assert opened["started"] == started["numerator"], (org_nr, prefix, one)
                waits = told.get(("missing_treatment", known[prefix].key), {"numerator": 0})
                assert opened["waiting"] == waits["numerator"]
                inclusion = told.get(("inclusion_share", known[prefix].key), {"numerator": 0, "denominator": 0})
                contacts = behind.contacts_of_unit(all_told, cell, prefix)
                assert len(contacts) == inclusion["denominator"]
                assert sum(one.included for one in contacts) == inclusion["numerator"]
                seen += opened["counts"] + opened["waiting"]
                seen_contacts += len(contacts)
    assert seen > 0
    assert seen_contacts > 0
