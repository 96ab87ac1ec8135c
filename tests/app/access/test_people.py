"""Users, assignments and who is who: changed by those who may, within their own units, and never for oneself."""

from datetime import date, timedelta

import pytest

from app.access.people import BERGEN, STAVANGER, VEST, client_for, user_with
from pakkeforlop.access.models import Assignment, Event, Post, User
from pakkeforlop.coordination.actions.posts import follow_lately
from pakkeforlop.web import clock
from pakkeforlop.web.words import t

pytestmark = pytest.mark.django_db
STAVANGER_TRUST = "983974678"
NEW = {
    "role": "coder",
    "org_nr": STAVANGER,
    "pathway": "",
    "department": "",
    "valid_from": "15.03.2024",
    "valid_to": "",
}


@pytest.fixture
def admin():
    return client_for(("administrator", STAVANGER_TRUST), username="admin")


def test_a_new_user_gets_a_password_that_is_shown_once_and_works(admin, client):
    page = admin.post("/people/add/", {"username": "Penn", "display_name": "Klok  Penn"}).content.decode()
    user = User.objects.get(username="penn")
    assert user.display_name == "Klok Penn"
    password = page.split('class="code tn">')[1].split("<")[0]
    assert password not in admin.get(f"/people/{user.pk}/").content.decode()
    assert client.post("/login/", {"login": "penn", "password": password}).status_code == 302
    assert Event.objects.filter(kind="user_changed", what="user.added", detail={"user": user.pk}).exists()


def test_a_given_password_is_changed_before_anything_else_is_shown(admin, client):
    """Whoever gave it could else act in the person's name; the same one again is not taken."""
    page = admin.post("/people/add/", {"username": "penn", "display_name": "Klok Penn"}).content.decode()
    user, given = User.objects.get(username="penn"), page.split('class="code tn">')[1].split("<")[0]
    Assignment.objects.create(user=user, role="coder", org_nr=STAVANGER, valid_from=date(2020, 1, 1))
    client.post("/login/", {"login": "penn", "password": given})
    for address in ("/", "/worklist/", "/directory/"):
        assert client.get(address).headers["Location"] == "/login/password/"
    page = client.get("/login/password/").content.decode()
    assert "Velg ditt eget passord før du går videre." in page
    assert "Arbeidsliste" not in page
    new = {"oldpassword": given, "password1": "syv-kloke-elger-spiser", "password2": "syv-kloke-elger-spiser"}
    same = client.post("/login/password/", {**new, "password1": given, "password2": given})
    assert "Det nye passordet må være et annet enn det gamle." in same.content.decode()
    assert client.get("/worklist/").headers["Location"] == "/login/password/"
    assert client.post("/login/password/", new).headers["Location"] == "/"
    assert client.get("/worklist/").status_code == 200
    admin.post(f"/people/{user.pk}/login/")
    assert User.objects.get(pk=user.pk).password_told


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"username": "a", "display_name": "A"}, "minst to tegn"),
        ({"username": "ola nordmann", "display_name": "Ola"}, "minst to tegn"),
        ({"username": "ADMIN", "display_name": "Ola"}, "er i bruk"),
        ({"username": "ola", "display_name": "  "}, "Skriv et navn"),
    ],
)
def test_a_user_that_cannot_be_added_gets_a_sentence(admin, typed, says):
    assert says in admin.post("/people/add/", typed).content.decode()
    assert User.objects.count() == 1


def test_an_assignment_is_given_and_ended_and_the_row_stays(admin):
    user = user_with(username="penn")
    admin.post(f"/people/{user.pk}/assign/", NEW)
    row = Assignment.objects.get(user=user)
    assert (row.role, row.org_nr, row.valid_from, row.valid_to) == ("coder", STAVANGER, date(2024, 3, 15), None)
    admin.post(f"/people/assignments/{row.pk}/end/")
    row.refresh_from_db()
    assert row.valid_to == date(2024, 3, 15)
    whats = list(Event.objects.filter(kind="user_changed").order_by("pk").values_list("what", flat=True))
    assert whats == ["user.assigned", "user.assignment_ended"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"org_nr": BERGEN}, "utenfor dine egne"),
        ({"org_nr": VEST}, "utenfor dine egne"),
        ({"org_nr": "900000000"}, "utenfor dine egne"),
        ({"org_nr": "1"}, "Velg en enhet"),
        ({"role": "king"}, "Velg en rolle"),
        ({"pathway": "Z99"}, "Velg et forløp"),
        ({"valid_from": "31.02.2024"}, "Skriv datoen"),
        ({"valid_to": "snart"}, "Skriv datoen"),
        ({"valid_to": "14.03.2024"}, "Siste dag er før den første"),
    ],
)
def test_an_assignment_that_cannot_be_given_gets_a_sentence(admin, changed, says):
    user = user_with(username="penn")
    assert says in admin.post(f"/people/{user.pk}/assign/", {**NEW, **changed}).content.decode()
    assert not Assignment.objects.filter(user=user).exists()


def test_nobody_appoints_oneself(admin):
    page = admin.post(f"/people/{admin.user.pk}/assign/", NEW).content.decode()
    assert "Du kan ikke gi deg selv oppgaver" in page
    assert Assignment.objects.filter(user=admin.user).count() == 1


def test_nobody_switches_oneself_off_or_gives_oneself_a_password(admin):
    admin.post(f"/people/{admin.user.pk}/", {"display_name": "Prøve admin"})
    assert User.objects.get(pk=admin.user.pk).is_active
    assert admin.post(f"/people/{admin.user.pk}/login/").status_code == 403


def test_one_who_serves_other_units_too_is_not_this_administrators_to_change(admin):
    """A new password for such a person would open the other unit's patients to the administrator."""
    both = user_with(("coder", STAVANGER), ("coder", BERGEN), username="both")
    region = user_with(("leader", VEST), username="region")
    for user in (both, region):
        assert admin.post(f"/people/{user.pk}/login/").status_code == 403
        assert admin.post(f"/people/{user.pk}/", {"display_name": "Ny"}).status_code == 403
    assert admin.get(f"/people/{region.pk}/").status_code == 403
    outside = Assignment.objects.get(user=both, org_nr=BERGEN)
    assert admin.post(f"/people/assignments/{outside.pk}/end/").status_code == 403


def test_a_user_who_is_switched_off_is_out_at_the_next_page(admin):
    penn = client_for(("coder", STAVANGER), username="penn")
    assert penn.get("/directory/").status_code == 200
    admin.post(f"/people/{penn.user.pk}/", {"display_name": "Prøve penn"})
    assert penn.get("/directory/").status_code == 302


def test_a_new_password_ends_the_sessions_and_takes_the_second_factor_away(admin):
    from allauth.mfa.models import Authenticator

    penn = client_for(("coder", STAVANGER), username="penn")
    Authenticator.objects.create(user=penn.user, type="totp", data={})
    assert admin.post(f"/people/{penn.user.pk}/login/").status_code == 200
    assert penn.get("/directory/").status_code == 302
    assert not Authenticator.objects.exists()


def test_the_list_has_the_users_of_own_units_and_those_without_any(admin):
    user_with(("coder", STAVANGER), username="mine")
    user_with(("coder", BERGEN), username="theirs")
    user_with(username="new")
    page = admin.get("/people/").content.decode()
    assert "Prøve mine" in page
    assert "Prøve new" in page
    assert "Prøve theirs" not in page


# --- who is who -------------------------------------------------------------------------------------------------------

POST = {
    "kind": "coordinator", "org_nr": STAVANGER, "pathway": "A12", "name": "Stødig Anker", "phone": "55 50 10 02",
    "phone_hours": "08.00–15.30", "department": "Gastro", "valid_from": "15.03.2024",
}  # fmt: skip


@pytest.fixture
def leader():
    return client_for(("leader", STAVANGER), username="leader")


def test_a_post_is_entered_and_what_is_missing_is_shown_as_vacant(leader):
    leader.post("/directory/add/", POST)
    page = leader.get("/directory/").content.decode()
    assert "Stødig Anker" in page
    assert "55 50 10 02" in page
    # leader, coding and analysis of the hospital; doctor and deputy of the pathway
    assert "6 oppgaver." in page
    assert "5 er ikke besatt." in page


def test_another_holder_is_a_new_row_and_the_old_one_stays(leader):
    old = Post.objects.create(
        kind="coordinator", org_nr=STAVANGER, pathway="A12", name="Før", valid_from=date(2020, 1, 1)
    )
    leader.post(f"/directory/{old.pk}/", POST)
    rows = list(Post.objects.order_by("pk").values_list("name", "valid_from", "valid_to"))
    assert rows == [("Før", date(2020, 1, 1), date(2024, 3, 14)), ("Stødig Anker", date(2024, 3, 15), None)]


def test_a_new_phone_is_the_same_row(leader):
    old = Post.objects.create(**{**POST, "valid_from": date(2020, 1, 1)})
    leader.post(f"/directory/{old.pk}/", {**POST, "phone": "55 00 00 00", "valid_from": "01.01.2020"})
    assert list(Post.objects.values_list("phone", "valid_to")) == [("55 00 00 00", None)]


def test_posts_of_other_units_are_not_mine_to_change(leader):
    theirs = Post.objects.create(kind="leader", org_nr=BERGEN, name="X", valid_from=date(2020, 1, 1))
    assert leader.post(f"/directory/{theirs.pk}/", POST).status_code == 403
    assert leader.post(f"/directory/{theirs.pk}/end/").status_code == 403
    assert "utenfor dine egne" in leader.post("/directory/add/", {**POST, "org_nr": BERGEN}).content.decode()


def test_a_coordinator_reads_and_does_not_change():
    client = client_for(("coordinator", STAVANGER))
    Post.objects.create(**{**POST, "valid_from": date(2020, 1, 1)})
    page = client.get("/directory/").content.decode()
    assert "Stødig Anker" in page
    assert "Endre" not in page


def test_demo_people_are_made_once_with_one_user_per_role():
    from pakkeforlop.access import demo
    from pakkeforlop.access.rights import Role

    for _ in range(2):
        made = demo.people(hospital=STAVANGER, other_hospital=BERGEN, on=date(2024, 3, 15))
    assert set(Assignment.objects.values_list("role", flat=True)) == set(Role)
    assert User.objects.count() == len(made) == len(demo.PEOPLE)
    assert Post.objects.count() == len(demo.POSTS)
    assert not made["anker"].has_usable_password()


# --- many users --------------------------------------------------------------------------------------------------------


def names(page):
    import re

    return re.findall(r'class="q nm" href="/people/\d+/">([^<]+)<', page)


@pytest.fixture
def crowd(admin):
    """120 users of Stavanger: the first ten leaders, the rest coders; number 7 is switched off."""
    made = User.objects.bulk_create(
        [User(username=f"b{n:03d}", display_name=f"Bruker {n:03d}", is_active=n != 7) for n in range(120)]
    )
    Assignment.objects.bulk_create(
        [
            Assignment(
                user=user, role="leader" if n < 10 else "coder", org_nr=STAVANGER, valid_from=date(2015, 1, 1),
                valid_to=date(2024, 3, 14) if n == 9 else None,
            )
            for n, user in enumerate(made)
        ]
    )  # fmt: skip
    return made


def test_a_long_list_of_users_has_pages(admin, crowd):
    pages = [admin.get(f"/people/?page={n}").content.decode() for n in (1, 2, 3)]
    assert [len(names(page)) for page in pages] == [50, 50, 21]
    assert len({name for page in pages for name in names(page)}) == 121
    assert "121 brukere på enhetene dine." in pages[0]
    assert "Side 2 av 3" in pages[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=bruker+00", 11),  # 000 to 009, and 100
        ("q=B005", 1),
        ("q=leder", 9),  # the ninth's post ended yesterday
        ("q=leder+stavanger", 9),
        ("q=koder+b11", 10),
        ("q=bergen", 0),
        ("state=off", 1),
        ("state=nothing", 1),
        ("state=one_step", 120),  # 121 users, one of them switched off
        ("q=bruker&state=off", 1),
        ("state=nonsense", 121),
    ],
)
def test_users_are_searched_for_by_name_role_unit_and_state(admin, crowd, query, found):
    page = admin.get(f"/people/?{query}").content.decode()
    assert len(names(page)) == min(found, 50)
    if found > 50:
        assert "Side 1 av 3" in page


def test_the_search_stays_on_the_next_page(admin, crowd):
    page = admin.get("/people/?q=bruker").content.decode()
    assert 'href="?q=bruker&amp;page=2"' in page


def test_a_list_of_users_costs_the_same_however_many_there_are(admin, crowd, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        admin.get("/people/")


def test_one_with_a_second_step_is_not_among_those_with_a_password_alone(admin, crowd):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=crowd[3], type="totp", data={})
    Authenticator.objects.create(user=crowd[4], type="recovery_codes", data={})
    page = admin.get("/people/?q=bruker+00&state=one_step").content.decode()
    assert names(page) == [f"Bruker 00{n}" for n in (0, 1, 2, 4, 5, 6, 8, 9)] + ["Bruker 100"]


# --- who has a post, and what follows ----------------------------------------------------------------------------------


def change(leader, post, **changed):
    return leader.post(f"/directory/{post.pk}/", {**POST, "valid_from": "15.03.2024", **changed})


def test_a_new_phone_today_does_not_move_the_day_the_post_began(leader):
    """The field says today, as for a new holder; who had the post last year is still there to be read."""
    old = Post.objects.create(**{**POST, "valid_from": date(2020, 1, 1)})
    change(leader, old, phone="55 00 00 00")
    assert list(Post.objects.values_list("phone", "valid_from", "valid_to")) == [("55 00 00 00", date(2020, 1, 1), None)]
    line = Event.objects.filter(what="post.saved").get()
    assert line.detail == {"post": old.pk, "was": {"phone": "55 50 10 02"}}


def test_another_pathway_of_the_same_person_is_a_new_row(leader):
    old = Post.objects.create(**{**POST, "valid_from": date(2020, 1, 1)})
    change(leader, old, pathway="A01")
    assert list(Post.objects.order_by("pk").values_list("pathway", "valid_from", "valid_to")) == [
        ("A12", date(2020, 1, 1), date(2024, 3, 14)), ("A01", date(2024, 3, 15), None),
    ]  # fmt: skip


def named(username, *assignments, name="Stødig Anker"):
    user = user_with(*assignments, username=username)
    User.objects.filter(pk=user.pk).update(display_name=name)
    return user


def test_a_name_is_the_user_of_that_name_at_the_unit_and_never_one_elsewhere(leader):
    named("theirs", ("coordinator", BERGEN))
    mine = named("mine", ("coordinator", VEST))
    leader.post("/directory/add/", POST)
    assert Post.objects.get().user == mine
    change(leader, Post.objects.get(), phone="1")
    assert Post.objects.get().user == mine


def test_a_name_that_two_users_of_the_unit_have_is_tied_to_neither_and_it_is_told(leader):
    for name in ("one", "two"):
        named(name, ("coordinator", STAVANGER))
    page = leader.post("/directory/add/", POST, follow=True).content.decode()
    assert Post.objects.get().user is None
    assert "skriv et navn som skiller dem" in page


def test_the_list_follows_the_coordinator_that_who_is_who_names(leader):
    from app.access.wards import patient_at
    from pakkeforlop.coordination.models import WorklistRow
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.episodes import store

    anker, lykt = (named(n, ("coordinator", STAVANGER), name=n) for n in ("anker", "lykt"))
    patient, on, at = patient_at(STAVANGER), clock.today(), clock.now()
    Post.objects.create(**{**POST, "name": "anker", "user": anker, "valid_from": date(2020, 1, 1)})
    store.relink([patient.pk], as_of=on)
    refresh([patient.pk], on=on, at=at)
    assert WorklistRow.objects.get().owner == anker
    change(leader, Post.objects.get(), name="lykt")
    assert WorklistRow.objects.get().owner == lykt
    leader.post(f"/directory/{Post.objects.get(name='lykt').pk}/end/")
    assert WorklistRow.objects.get().owner == lykt, "its last day is today"
    follow_lately(on=on + timedelta(days=1), at=at)
    assert WorklistRow.objects.get().owner is None


def test_a_pathway_with_patients_and_nobody_at_all_is_vacant_too_and_vacancies_alone_can_be_shown(leader):
    """Colon has its coordinator; breast has a patient at the hospital and no post, and is not to be left out."""
    from app.access.wards import patient_at
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.episodes import store

    patients = [patient_at(STAVANGER, "A01"), patient_at(BERGEN, "A26")]
    store.relink([one.pk for one in patients], as_of=clock.today())
    refresh([one.pk for one in patients], on=clock.today(), at=clock.now())
    leader.post("/directory/add/", POST)
    page = leader.get("/directory/").content.decode()
    assert ("A01 Brystkreft</th>" in page, "A26 Lungekreft</th>" in page) == (True, False)
    assert "9 oppgaver." in page
    assert "8 er ikke besatt." in page
    assert 'href="tel:55501002"' in page
    vacant = leader.get("/directory/?show=vacant").content.decode()
    assert "A01 Brystkreft</th>" in vacant
    assert "55 50 10 02" not in vacant
    assert "8 er ikke besatt." in vacant
    assert "?kind=responsible_doctor&amp;org_nr=974703300&amp;pathway=A01" in vacant


def test_a_hospital_where_nothing_is_entered_shows_what_is_vacant(leader):
    from app.access.wards import patient_at
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.episodes import store

    patient = patient_at(STAVANGER, "A01")
    store.relink([patient.pk], as_of=clock.today())
    refresh([patient.pk], on=clock.today(), at=clock.now())
    page = leader.get("/directory/").content.decode()
    assert "6 er ikke besatt." in page
    assert "Stavanger universitetssjukehus" in page


def test_what_has_ended_is_not_opened_again_by_ending_it_once_more(admin, leader):
    """Two administrators had the page open; the second press came a week after the first."""
    user = user_with(("coder", STAVANGER), username="coder")
    row, ended = Assignment.objects.get(user=user), date(2024, 3, 8)
    Assignment.objects.filter(pk=row.pk).update(valid_to=ended)
    post = Post.objects.create(**{**POST, "valid_from": date(2020, 1, 1), "valid_to": ended})
    admin.post(f"/people/assignments/{row.pk}/end/")
    leader.post(f"/directory/{post.pk}/end/")
    assert (Assignment.objects.get(pk=row.pk).valid_to, Post.objects.get().valid_to) == (ended, ended)
    assert not Event.objects.filter(what__in=["user.assignment_ended", "post.ended"]).exists()


def test_nobody_ends_ones_own_assignment(admin):
    """Then nobody of the unit might be left who can give it again."""
    own = Assignment.objects.get(user=admin.user)
    page = admin.post(f"/people/assignments/{own.pk}/end/", follow=True).content.decode()
    assert page.count(t("people.fault.self")) == 2  # what happened, and why there is no button
    assert Assignment.objects.get(pk=own.pk).valid_to is None
