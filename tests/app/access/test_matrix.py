"""Role × route × unit, from one table: who gets an answer, who is stopped, and that no route is without a rule."""

import itertools

import pytest
from django.urls import get_resolver, reverse

from app.access.people import BERGEN, STAVANGER, VEST, client_for
from app.access.wards import patient_at
from pakkeforlop.access.models import Event
from pakkeforlop.access.rights import ROLE_RIGHTS, Right, Role
from pakkeforlop.web.open_api.urls import ENDPOINTS, REST
from pakkeforlop.web.routes import Open, rule_of

pytestmark = pytest.mark.django_db

# The table: a row per right, a column per role; x: the role has it. Written by hand from what people do at work.
TABLE = """
                  coordinator coder leader mdt department analyst administrator
worklist              x         x     x     x      x         .         .
patient               x         x     x     x      x         .         .
open_with_reason      x         x     x     x      x         .         .
referrals             x         .     x     .      .         .         .
coordinate            x         .     x     .      .         .         .
code                  x         x     .     .      .         .         .
coding_lists          x         x     x     .      .         .         .
export                x         x     x     .      .         .         .
figures               x         x     x     .      .         x         .
directory             x         x     x     x      x         x         x
directory_edit        .         .     x     .      .         .         x
openings              .         .     x     .      .         .         x
log                   .         .     x     .      .         .         x
people                .         .     .     .      .         .         x
reporting             .         x     x     .      .         .         .
locking               .         .     x     .      .         .         .
"""


def table():
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (Right(right), Role(role)): mark == "x"
        for right, *marks in rows
        for role, mark in zip(head, marks, strict=True)
    }


PATTERNS = get_resolver().url_patterns
RULES = {pattern.name: rule_of(pattern) for pattern in PATTERNS}
WITH_RIGHT = [pattern for pattern in PATTERNS if isinstance(getattr(rule_of(pattern), "right", None), Right)]
ABOUT_PATIENTS = [pattern for pattern in WITH_RIGHT if rule_of(pattern).about_patient]
WITHOUT_SCOPE = {"open_patient"}
"""Takes a handle and is not about a patient of one's own: it is the way to open another's."""


def parts_of(pattern, handle="nobody"):
    return {name: handle if name == "handle" else 1 for name in pattern.pattern.converters}


def ask(client, pattern, **parts):
    """By a method that the page takes; POST where it takes nothing else, with nothing in it."""
    address = reverse(pattern.name, kwargs=parts)
    return client.get(address) if "GET" in rule_of(pattern).methods else client.post(address)


def test_the_table_is_what_the_roles_have():
    assert {(right, role): right in ROLE_RIGHTS[role] for right, role in itertools.product(Right, Role)} == table()


def test_every_address_has_a_rule():
    assert [str(pattern.pattern) for pattern in PATTERNS if getattr(rule_of(pattern), "name", None) is None] == []
    assert len(RULES) == len(PATTERNS), "two addresses have one name"


def test_every_address_that_takes_a_handle_is_about_a_patient():
    pages = [pattern for pattern in PATTERNS if rule_of(pattern).right is not Open.SYSTEM]
    takes = {pattern.name for pattern in pages if "handle" in pattern.pattern.converters}
    assert takes - {pattern.name for pattern in ABOUT_PATIENTS} == WITHOUT_SCOPE


def test_only_these_pages_are_open_to_anyone():
    anyone = {name for name, rule in RULES.items() if rule.right is Open.ANYONE}
    anyone -= {one.name for one in (*ENDPOINTS, REST)}  # the open interface: released figures
    assert anyone == {
        "account_login", "account_logout", "account_inactive", "demo_login", "language", "mfa_authenticate",
        "mfa_login_webauthn", "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled",
        "socialaccount_login_error", "helseid_start", "helseid_back", "system_description", "statistics", "statistics_page",
    }  # fmt: skip


@pytest.mark.parametrize(
    "pattern", [p for p in PATTERNS if rule_of(p).right not in (Open.ANYONE, Open.SYSTEM)], ids=lambda p: p.name
)
def test_nobody_gets_in_without_login(client, pattern):
    answer = ask(client, pattern, **parts_of(pattern))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/?next=")


SYSTEMS = [p for p in PATTERNS if rule_of(p).right is Open.SYSTEM]


@pytest.mark.parametrize("pattern", SYSTEMS, ids=lambda p: str(p.pattern))
def test_a_person_is_no_system(pattern):
    """Addresses for other systems answer to keys alone (tests/app/system_api/test_keys.py has scope by address)."""
    client = client_for((Role.COORDINATOR, STAVANGER))
    address = reverse(pattern.name, kwargs=parts_of(pattern))
    assert {client.get(address).status_code, client.post(address).status_code} <= {401, 405}


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_an_answer_just_where_it_has_the_right(role):
    """Pages that are not about one patient; a page with a number in it may say that there is no such thing."""
    client = client_for((role, STAVANGER))
    client.raise_request_exception = False
    wrong = []
    for pattern in WITH_RIGHT:
        if "handle" in pattern.pattern.converters:
            continue
        answer = ask(client, pattern, **parts_of(pattern))
        refused = answer.status_code == 403 and "rett til det du ba om" in answer.content.decode()
        if refused is table()[rule_of(pattern).right, role]:
            own_scope = pattern.name in {"people_one", "people_new_login"}  # number 1 may be another's user
            if not own_scope:
                wrong.append((pattern.name, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((pattern.name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_patient_is_reached_through_role_and_unit_only(role):
    """Own hospital: the view answers. Another hospital: the page that asks why. Without the right: neither."""
    mine, theirs = patient_at(STAVANGER, "A12"), patient_at(BERGEN, "A12")
    client = client_for((role, STAVANGER))
    client.raise_request_exception = False
    wrong = []
    for pattern in ABOUT_PATIENTS:
        right, name = rule_of(pattern).right, pattern.name
        others = {key: value for key, value in parts_of(pattern).items() if key != "handle"}
        own = ask(client, pattern, handle=mine.handle, **others)
        outside = ask(client, pattern, handle=theirs.handle, **others)
        reached = own.status_code != 403
        if reached is not table()[right, role]:
            wrong.append((name, "own", own.status_code))
        if own.status_code >= 500:
            wrong.append((name, "own", own.status_code))
        if outside.status_code != 403:
            wrong.append((name, "outside", outside.status_code))
    assert wrong == []
    looks = Event.objects.filter(kind="looked", patient_id=theirs.pk)
    assert not looks.exists()


@pytest.mark.parametrize(
    ("assigned", "sees"),
    [
        ((Role.COORDINATOR, STAVANGER), {"stavanger A12", "stavanger A26"}),
        ((Role.COORDINATOR, STAVANGER, "A12"), {"stavanger A12"}),
        ((Role.COORDINATOR, "983974678"), {"stavanger A12", "stavanger A26"}),  # the trust
        ((Role.COORDINATOR, VEST), {"stavanger A12", "stavanger A26", "bergen A12"}),  # the region
        ((Role.COORDINATOR, "900000000"), {"stavanger A12", "stavanger A26", "bergen A12", "oslo A12"}),
        ((Role.COORDINATOR, "900000000", "A26"), {"stavanger A26"}),
        ((Role.ANALYST, "900000000"), set()),
    ],
)
def test_units_expand_down_from_country_to_hospital(assigned, sees):
    from pakkeforlop.access.queries import can_see
    from pakkeforlop.web import clock
    from pakkeforlop.web.patients import places_of

    ward = {
        "stavanger A12": patient_at(STAVANGER, "A12"),
        "stavanger A26": patient_at(STAVANGER, "A26"),
        "bergen A12": patient_at(BERGEN, "A12"),
        "oslo A12": patient_at("974589095", "A12"),
    }
    user = client_for(assigned).user
    now, on = clock.now(), clock.today()
    assert {name for name, one in ward.items() if can_see(user, places_of(one), one.pk, at=now, on=on)} == sees


def test_a_department_sees_its_own_patients_only():
    from pakkeforlop.access.queries import can_see
    from pakkeforlop.web import clock
    from pakkeforlop.web.patients import places_of

    own, other = patient_at(STAVANGER, "A12", unit="Patologi"), patient_at(STAVANGER, "A12", unit="Kirurgi")
    user = client_for((Role.DEPARTMENT, STAVANGER, "", "Patologi")).user
    sees = [can_see(user, places_of(one), one.pk, at=clock.now(), on=clock.today()) for one in (own, other)]
    assert sees == [True, False]


def test_an_address_cannot_be_added_without_a_sound_rule():
    from pakkeforlop.web.routes import page

    def view(request):
        raise AssertionError

    with pytest.raises(ValueError, match="needs a right"):
        page("x/<str:handle>/", view, name="x", right=Open.LOGGED_IN, about_patient=True)
    with pytest.raises(ValueError, match="takes <str:handle>"):
        page("x/", view, name="x", right=Right.PATIENT, about_patient=True)
