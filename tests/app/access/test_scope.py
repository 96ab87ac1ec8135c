"""Scope and database agree: what covers one place lets just those rows in."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.access.people import BERGEN, COUNTRY, OSLO, STAVANGER, VEST
from pakkeforlop.access.models import Assignment, Opening, User
from pakkeforlop.access.queries import access_of, within
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Grant, Scope, expand

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 15)
STAVANGER_TRUST = "983974678"
UNITS = (STAVANGER, BERGEN, OSLO, STAVANGER_TRUST, VEST, COUNTRY, "no-such-unit")
PATHWAYS = ("", "A", "A1", "A12", "A26", "C01")

grants = st.builds(
    lambda org, pathway: Grant("coordinator", org, expand(org, DAY), pathway),
    st.sampled_from(UNITS),
    st.sampled_from(PATHWAYS),
)


@pytest.fixture
def rows():
    """A row for each place, on a table that has a unit and a pathway."""
    from datetime import UTC, datetime

    user = User.objects.create(username="x", display_name="X")
    at = datetime(2024, 3, 15, tzinfo=UTC)
    places = [(org, pathway) for org in (*UNITS, "873862122") for pathway in ("A12", "A26", "B01", "C01")]
    Opening.objects.bulk_create(
        Opening(user=user, patient_id=n, org_nr=org, pathway=pathway, kind="other", reason="", at=at, until=at)
        for n, (org, pathway) in enumerate(places)
    )
    return places


def test_scope_and_queryset_agree(rows):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(grants, max_size=3))
    def check(held):
        scope = Scope(tuple(held))
        by_scope = {place for place in rows if scope.covers(*place)}
        asked = Opening.objects.filter(within(scope, orgs=("org_nr",), pathway="pathway"))
        assert set(asked.values_list("org_nr", "pathway")) == by_scope

    check()


def test_no_grant_no_rows(rows):
    assert not Opening.objects.filter(within(Scope(()), orgs=("org_nr",), pathway="pathway")).exists()


def test_a_grant_for_a_department_needs_the_department(rows):
    scope = Scope((Grant("department", STAVANGER, expand(STAVANGER, DAY), "", "Patologi"),))
    assert scope.covers(STAVANGER, "A12", "Patologi")
    assert not scope.covers(STAVANGER, "A12")
    assert not Opening.objects.filter(within(scope, orgs=("org_nr",), pathway="pathway")).exists()


def test_a_table_without_pathways_is_not_opened_by_a_grant_for_one(rows):
    scope = Scope((Grant("leader", STAVANGER, expand(STAVANGER, DAY), "A12"),))
    assert not Opening.objects.filter(within(scope, orgs=("org_nr",))).exists()


@pytest.mark.parametrize(
    ("org_nr", "holds", "does_not"),
    [
        (STAVANGER, {STAVANGER}, {BERGEN, STAVANGER_TRUST}),
        (STAVANGER_TRUST, {STAVANGER, STAVANGER_TRUST, "933784835"}, {BERGEN, VEST}),
        (VEST, {STAVANGER, BERGEN, STAVANGER_TRUST, VEST}, {OSLO}),
    ],
)
def test_expansion(org_nr, holds, does_not):
    found = expand(org_nr, DAY)
    assert found >= holds
    assert not found & does_not


def test_a_hospital_that_changed_trust_is_its_trusts_by_the_day():
    """Every hospital that moved: before the day it is in the one trust, after it in the other."""
    from pakkeforlop.catalogue.load import load_catalogue

    catalogue = load_catalogue()
    moved = [
        (number, before, after)
        for number, hospital in catalogue.hospitals.items()
        for before, after in zip(hospital.belongs, hospital.belongs[1:], strict=False)
    ]
    assert moved, "the catalogue has such a hospital"
    for number, before, after in moved:
        old, new = (catalogue.trusts[period.trust].org_nr for period in (before, after))
        assert number in expand(old, before.valid_to)
        assert number not in expand(old, after.valid_from)
        assert number in expand(new, after.valid_from)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (date(2024, 3, 15), None, True),
        (date(2024, 3, 1), date(2024, 3, 15), True),  # the last day counts
        (date(2024, 3, 16), None, False),
        (date(2024, 3, 1), date(2024, 3, 14), False),
    ],
)
def test_an_assignment_holds_between_its_days(first, last, holds):
    user = User.objects.create(username="x", display_name="X")
    Assignment.objects.create(user=user, role="coder", org_nr=STAVANGER, valid_from=first, valid_to=last)
    assert access_of(user, on=DAY).may(Right.CODE) is holds


def test_a_right_reaches_the_units_of_its_own_role_only():
    """Coder in Stavanger and analyst for the region: codes in Stavanger, figures for the region."""
    user = User.objects.create(username="x", display_name="X")
    Assignment.objects.create(user=user, role="coder", org_nr=STAVANGER, valid_from=DAY)
    Assignment.objects.create(user=user, role="analyst", org_nr=VEST, valid_from=DAY)
    access = access_of(user, on=DAY)
    assert not access.scope(Right.CODE).covers(BERGEN, "A12")
    assert access.scope(Right.FIGURES).covers(BERGEN, "A12")


def test_one_who_is_switched_off_has_no_rights():
    user = User.objects.create(username="x", display_name="X", is_active=False)
    Assignment.objects.create(user=user, role="coder", org_nr=STAVANGER, valid_from=DAY)
    assert access_of(user, on=DAY).rights() == frozenset()


# --- a registration that was moved -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_registration_moved_to_another_hospital_takes_the_sight_with_it(settings, monkeypatch):
    """The wrong hospital had the code: by the correction it no longer knows the patient, by list or by page."""
    from datetime import timedelta

    from app.access.people import client_for
    from app.patient.filling import START, lung_patient
    from app.work.filling import FORDE, HAUKELAND, TODAY
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.coordination.actions import codes
    from pakkeforlop.coordination.models import WorklistRow
    from pakkeforlop.web import clock
    from pakkeforlop.web.patients import places_of

    settings.TODAY = TODAY.isoformat()
    region = client_for(("coordinator", "983658725"), username="bro")
    here = client_for(("coordinator", HAUKELAND), username="anker")
    there = client_for(("coordinator", FORDE), username="granne")
    made = lung_patient(("A26A", 0), ("A26S", 6))
    address = f"/patient/{made.handle}/"
    assert [client.get(address).status_code for client in (here, there, region)] == [200, 403, 200]
    for row in Registration.objects.filter(patient=made):
        codes.correct_code(
            registration=row, code=row.code, event_date=row.event_date, institution=FORDE, reason="Feil sykehus",
            by=region.user, at=clock.now(), key=f"m{row.pk}", revision=None,
        )  # fmt: skip
    assert {place.org_nr for place in places_of(made)} == {FORDE}
    assert [client.get(address).status_code for client in (here, there, region)] == [403, 200, 200]
    assert "Lystig Ullgenser" not in here.get("/worklist/?owner=all").content.decode()
    assert "Lystig Ullgenser" in there.get("/worklist/?owner=all").content.decode()
    # one code moved back to be corrected again: both know the patient by what holds today
    held = Registration.objects.filter(patient=made, code="A26S").order_by("-version").first()
    codes.correct_code(
        registration=held, code="A26S", event_date=START + timedelta(6), institution=HAUKELAND, reason="Det var her",
        by=region.user, at=clock.now(), key="back", revision=None,
    )  # fmt: skip
    assert {place.org_nr for place in places_of(made)} == {FORDE, HAUKELAND}
    assert [client.get(address).status_code for client in (here, there)] == [200, 200]
    # withdrawn altogether: a row that is closed gives no sight either
    for registration_id in set(Registration.objects.filter(patient=made).values_list("registration_id", flat=True)):
        last = Registration.objects.filter(registration_id=registration_id).order_by("-version").first()
        codes.withdraw_code(
            registration=last, reason="Feil pasient", by=region.user, at=clock.now(), key=registration_id[:60], revision=None
        )
    assert places_of(made) == []
    assert not WorklistRow.objects.filter(patient=made, closed=False).exists()
    # the one who did it can undo it for eight hours; nobody else is let in
    assert [client.get(address).status_code for client in (here, there, region)] == [403, 403, 200]
    now = clock.now()
    for hours, status in ((7.9, 200), (8.1, 403)):
        monkeypatch.setattr(clock, "now", lambda hours=hours: now + timedelta(hours=hours))
        assert region.get(address).status_code == status


@pytest.mark.django_db
def test_the_only_code_withdrawn_by_mistake_is_taken_back_by_the_one_who_did_it(settings):
    from app.access.people import client_for
    from app.patient.filling import lung_patient
    from app.work.filling import HAUKELAND, TODAY
    from pakkeforlop.coding.models import Registration

    settings.TODAY = TODAY.isoformat()
    coder = client_for(("coder", HAUKELAND), username="penn")
    made = lung_patient(("A26A", 0))
    row = Registration.objects.get(patient=made)
    sent = {"correct": row.pk, "reason": "Feil pasient", "key": "w", "revision": made.revision}
    assert coder.post(f"/patient/{made.handle}/withdraw/", sent, follow=True).status_code == 200
    assert Registration.objects.filter(patient=made, withdrawn=True).count() == 1
    last = Registration.objects.filter(patient=made).latest("pk")
    coder.post(f"/patient/{made.handle}/undo/", {"registration": last.pk, "key": "u"}, follow=True)
    assert Registration.objects.filter(patient=made).latest("pk").code == "A26A"
    other = client_for(("coder", HAUKELAND), username="annen")
    assert other.get(f"/patient/{made.handle}/").status_code == 200
