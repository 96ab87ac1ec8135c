"""The lists of missing codes: what stands where, filters, one and many confirmed, reasons asked."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from app.access.people import client_for
from app.patient.filling import lung_patient
from app.work.filling import FORDE, HAUKELAND
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.models import NewCancer, Proposal
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def coder():
    return client_for(("coder", HAUKELAND), username="penn")


def proposal(patient, code, before=0):
    return Proposal.objects.create(
        patient=patient, pathway=code[:3], code=code, event_date=clock.today() - timedelta(before),
        institution=HAUKELAND, evidence="Poliklinikk", made_at=clock.now(),
    )  # fmt: skip


def page(client, query=""):
    """The list; what is searched for (`?q=`) is sent in the body, as the page does."""
    sought = query.removeprefix("?q=") if query.startswith("?q=") else ""
    client.post("/seek/", {"q": sought, "next": "/codes/missing/"})
    answer = client.get("/codes/missing/" + ("" if sought else query))
    assert answer.status_code == 200
    return answer.content.decode()


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def tabs(html):
    nav = html[html.index('class="views"') : html.index("</nav>", html.index('class="views"'))]
    return dict(re.findall(r'view=(\w+)"[^>]*>[^<]*<span class="n">(\d+)', nav))


def test_a_proposal_shows_its_evidence_and_what_it_would_give(coder):
    made = lung_patient(("A26A", 28), name="Kvikk Regnjakke")
    proposal(made, "A26S")
    text = words(page(coder))
    assert "Kvikk Regnjakke" in text
    assert "A26S 20. jan Poliklinikk" in text
    assert "Fremmøte blir 7 av 7" in text


def test_days_over_stand_in_red(coder):
    proposal(lung_patient(("A26A", 27)), "A26S")
    assert '<span class="over">8 av 7</span>' in page(coder)


def test_lists_and_tabs_count_the_same(coder):
    proposal(lung_patient(("A26A", 28), name="En"), "A26S")
    lung_patient(("A26A", 0), ("A26CK", 20), name="To")  # 108, no attendance before the decision
    lung_patient(("A26A", 0), name="Tre")  # the limit of 7 days has passed and nothing is booked
    html = page(coder)
    assert tabs(html) == {
        "proposed": "1", "gap": "2", "returned": "0", "marked": "1", "backlog": "1", "downgraded": "0", "cancer": "0",
    }  # fmt: skip # of December: only the third's gap
    assert "3 av 3 forløp mangler noe." in words(html)
    assert re.findall(r'class="r[^>]*data-kind="(\w+)"', html) == ["proposed", "gap", "gap", "marked"]


def test_a_message_stands_with_its_number_and_leads_to_the_correction(coder):
    made = lung_patient(("A26A", 0), ("A26CK", 20))
    row = Registration.objects.get(patient=made, code="A26CK")
    html = page(coder, "?view=marked")
    assert '<span class="b">108</span>' in html
    assert f"/patient/{made.handle}/?pathway=A26&amp;correct={row.pk}#code" in html


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?month=2022-01", True), ("?month=2021-12", False),
        ("?pathway=A26", True), ("?pathway=A01", False), (f"?unit={HAUKELAND}", True), (f"?unit={FORDE}", False),
        ("?month=nonsense", True),
    ],
)  # fmt: skip
def test_filters(coder, query, there):
    proposal(lung_patient(("A26A", 30), name="Kvikk Regnjakke"), "A26S")
    assert ("Kvikk Regnjakke" in page(coder, query)) is there


@pytest.mark.parametrize(("q", "there"), [("kvikk", True), ("rund", False), ("A26S", True), ("120556", True)])
def test_what_is_searched_for_never_stands_in_the_address(coder, q, there):
    proposal(lung_patient(("A26A", 30), name="Kvikk Regnjakke"), "A26S")
    answer = coder.post("/seek/", {"q": q, "next": "/codes/missing/?view=proposed"})
    assert q not in answer["Location"]
    html = page(coder, f"?q={q}")
    assert ("Kvikk Regnjakke" in html) is there
    assert not re.search(rf"[?&](?:amp;)?\w+={q}", html)


def test_an_empty_filter_says_so_and_offers_all(coder):
    assert "Ingen treff med disse filtrene." in page(coder, "?month=2019-01")
    assert "Ingen koder mangler." in page(coder)


def test_other_units_patients_are_on_no_list(coder):
    made = lung_patient(("A26A", 0), ("A26CK", 20), name="Fremmed", place=FORDE)
    assert "Fremmed" not in page(coder)
    assert "Fremmed" in page(client_for(("coder", FORDE), username="granne"))
    assert made.pk


def test_confirming_saves_the_code_and_gives_undo_to_the_script(coder):
    made = lung_patient(("A26A", 28))
    one = proposal(made, "A26S")
    url, fields = f"/codes/{made.handle}/confirm/", {"proposal": one.pk, "key": "c1"}
    answer = coder.post(url, fields, headers={"X-Asked-By": "codes"})
    saved = Registration.objects.get(patient=made, code="A26S")
    assert answer.json()["done"] is True
    assert answer.json()["undo"] == {"registration": str(saved.pk), "handle": made.handle}
    again = coder.post(url, {**fields, "key": "c2"})
    assert again.status_code == 302
    assert Registration.objects.filter(patient=made, code="A26S").count() == 1
    coder.post(f"/codes/{made.handle}/undo/", {"registration": saved.pk, "key": "c3"})
    assert Registration.objects.filter(registration_id=saved.registration_id, withdrawn=True).exists()


def test_many_marked_are_confirmed_at_once(coder):
    made = [lung_patient(("A26A", 20 + n), name=f"Nr {n}") for n in range(3)]
    ids = [proposal(patient, "A26S", before=n).pk for n, patient in enumerate(made)]
    coder.post("/codes/missing/confirm/", {"proposal": ids[:2], "key": "m1"})
    assert Registration.objects.filter(code="A26S").count() == 2
    coder.post("/codes/missing/confirm/", {"proposal": ids[:2], "key": "m1"})
    assert Registration.objects.filter(code="A26S").count() == 2
    assert "2 koder er lagret." in words(page(coder))


def test_marks_of_other_units_are_left_alone():
    made = lung_patient(("A26A", 20))
    one = proposal(made, "A26S")
    client_for(("coder", FORDE), username="granne").post("/codes/missing/confirm/", {"proposal": [one.pk], "key": "x"})
    assert not Registration.objects.filter(code="A26S").exists()


def test_a_proposal_is_rejected_with_its_reason_only(coder):
    made = lung_patient(("A26A", 28))
    one = proposal(made, "A26S")
    coder.post(f"/codes/{made.handle}/reject/", {"proposal": one.pk, "reason": " ", "key": "r1"})
    one.refresh_from_db()
    assert one.state == "open"
    coder.post(f"/codes/{made.handle}/reject/", {"proposal": one.pk, "reason": "Ikke møtt", "key": "r2"})
    one.refresh_from_db()
    assert (one.state, one.reason, one.settled_by_id) == ("rejected", "Ikke møtt", coder.user.pk)


def new_cancer(patient, before, icd10="C34.1"):
    return NewCancer.objects.create(
        patient=patient, icd10=icd10, first_contact_date=clock.today() - timedelta(before), institution=HAUKELAND
    )


def test_a_new_cancer_without_a_pathway_is_asked_about_until_it_is_answered(coder):
    made = lung_patient(name="Ivrig Teskje")
    asked = new_cancer(made, 70)
    assert "Ivrig Teskje" in page(coder, "?view=cancer")
    coder.post("/codes/missing/reason/", {"cancer": asked.pk, "reason": "emergency", "text": "Innlagt om natten"})
    asked.refresh_from_db()
    assert (asked.reason, asked.reason_text, asked.reason_by_id) == ("emergency", "Innlagt om natten", coder.user.pk)
    assert "Ivrig Teskje" not in page(coder, "?view=cancer")


@pytest.mark.parametrize(
    ("before", "icd10", "start", "there"),
    [
        (61, "C34", None, True),  # no pathway at all
        (59, "C34", None, False),  # the window after the contact still runs
        (61, "C34", 0, False),  # a lung pathway began 35 days ago, 26 days after the contact
        (61, "C50", 0, True),  # a lung pathway is none for breast cancer
        (400, "C34", None, False),  # longer ago than a year
    ],
)
def test_who_is_asked_about(coder, before, icd10, start, there):
    made = lung_patient(*((("A26A", start),) if start is not None else ()), name="Ivrig Teskje")
    new_cancer(made, before, icd10)
    assert ("Ivrig Teskje" in page(coder, "?view=cancer")) is there


def test_a_reason_outside_the_list_is_refused(coder):
    asked = new_cancer(lung_patient(), 70)
    coder.post("/codes/missing/reason/", {"cancer": asked.pk, "reason": "because"})
    asked.refresh_from_db()
    assert asked.reason == ""


def test_back_coding_counts_by_unit_and_month_before_this_one(coder):
    lung_patient(("A26A", 0), ("A26CK", 5))  # both the message (21 December) and the gap are of December
    text = words(page(coder, "?view=backlog"))
    assert re.search(r"desember 2021 Haukeland \w+ desember 2021 2", text)


def test_an_analyst_has_no_such_page():
    assert client_for(("analyst", HAUKELAND), username="linjal").get("/codes/missing/").status_code == 403


# --- named views, pages, the lock, what others do, downgraded referrals ------------------------------------------------


def test_a_named_view_is_kept_for_this_list_and_its_owner_and_forgotten(coder):
    coder.post("/codes/missing/views/", {"name": "Lunge i januar", "query": "pathway=A26&month=2022-01&q=Kvikk"})
    html = page(coder)
    assert re.search(r'href="/codes/missing/\?month=2022-01&amp;pathway=A26"[^>]*>Lunge i januar<', html)
    assert "Kvikk" not in html  # what is searched for is in no address
    assert 'aria-current="true">Lunge i januar<' in page(coder, "?pathway=A26&month=2022-01")
    assert "Lunge i januar" not in coder.get("/worklist/").content.decode()
    other = client_for(("coder", HAUKELAND), username="other")
    assert "Lunge i januar" not in page(other)
    view = re.search(r'name="drop" value="(\d+)"', html)[1]
    other.post("/codes/missing/views/", {"drop": view})
    assert "Lunge i januar" in page(coder)
    coder.post("/codes/missing/views/", {"drop": view})
    assert re.search(r'class="views".*Lunge i januar.*</nav>', page(coder), re.S) is None


def test_a_view_without_a_name_is_not_saved(coder):
    coder.post("/codes/missing/views/", {"name": "  ", "query": ""})
    assert "Skriv et navn på visningen." in page(coder)


def test_the_same_name_may_be_a_view_of_each_list(coder):
    coder.post("/codes/missing/views/", {"name": "Mine", "query": "pathway=A26"})
    coder.post("/worklist/views/", {"name": "Mine", "query": "pathway=A12"})
    assert "/codes/missing/?pathway=A26" in page(coder)
    assert "/worklist/?pathway=A12" in coder.get("/worklist/").content.decode()


def many(n):
    """Proposals for n patients, without a course of their own: the list asks for nothing else."""
    from pakkeforlop.coding.models import Patient

    made = Patient.objects.bulk_create([Patient(source_id=f"m{k}", told=True, name=f"Nr {k:03d}") for k in range(n)])
    Proposal.objects.bulk_create(
        [
            Proposal(
                patient=patient, pathway="A26", code="A26S", event_date=clock.today() - timedelta(k % 20),
                institution=HAUKELAND, evidence="Poliklinikk", made_at=clock.now(),
            )
            for k, patient in enumerate(made)
        ]
    )  # fmt: skip


def shown(html):
    return re.findall(r'class="q nm" href="[^"]*">(Nr \d+)<', html)


def test_a_long_list_has_pages_that_together_have_every_row_once(coder):
    many(230)
    beginning = page(coder)
    assert len(shown(beginning)) == 50
    assert "Viser 50 av 230. Vis alle." in beginning
    pages = [page(coder, f"?view=proposed&page={n}") for n in (1, 2, 3)]
    assert [len(shown(html)) for html in pages] == [100, 100, 30]
    assert len({name for html in pages for name in shown(html)}) == 230
    assert "Side 2 av 3" in pages[1]
    assert 'href="/codes/missing/?view=proposed&amp;page=3"' in pages[1]
    assert shown(page(coder, "?view=proposed&page=9")) == shown(pages[0])
    assert "Side 1 av" not in page(coder, "?view=marked")


def test_a_page_logs_the_patients_that_it_shows_and_no_other(coder):
    from pakkeforlop.access.models import Event

    many(120)
    page(coder, "?view=proposed&page=2")
    assert Event.objects.filter(what="missing_codes").latest("pk").listed.count(",") - 1 == 20


@pytest.mark.parametrize(
    ("query", "said"),
    [
        # the yearly reporting ends on 2 February; the day after is the first on which the year may be locked
        ("", "2021 låses tidligst torsdag 3. februar."),
        ("?month=2021-12", "2021 låses tidligst torsdag 3. februar."),
        ("?month=2022-01", "2022 låses tidligst fredag 3. februar 2023."),
        ("?month=2020-12", "2020 kunne låses fra onsdag 3. februar 2021, og står åpent."),
    ],
)
def test_when_the_year_is_locked_stands_in_the_headline(coder, query, said):
    lung_patient(("A26A", 0), ("A26CK", 20))
    assert said in words(page(coder, query))


def test_a_locked_year_is_told_and_its_back_coding_is_revision(coder):
    from datetime import UTC, date, datetime

    from pakkeforlop.reporting.models import PeriodLock

    lung_patient(("A26A", 0), ("A26CK", 5))
    PeriodLock.objects.create(
        sender="983974724", first=date(2021, 1, 1), last=date(2021, 12, 31), up_to=0, figures=0, sha256="",
        locked_at=datetime(2022, 1, 19, 12, tzinfo=UTC),
    )  # fmt: skip
    text = words(page(coder, "?month=2021-12"))
    assert "2021 ble låst onsdag 19. januar. En rettelse nå blir en revisjon og endrer ikke låste tall." in text
    assert "2022 låses tidligst fredag 3. februar 2023." in words(page(coder))
    assert "Låst, rettes som revisjon" in words(page(coder, "?view=backlog"))


def returned_line(patient, registration, message="108", text="Registerets egen tekst", **more):
    from pakkeforlop.reporting.models import Return, ReturnedLine

    made = Return.objects.filter(sender="983974724").first() or Return.objects.create(
        sender="983974724", taken_at=clock.now(), kind="errors", name="retur.csv", sha256="x", lines=1, unmatched=0,
    )  # fmt: skip
    return ReturnedLine.objects.create(
        returned=made, row=1, sender="983974724", message=message, text=text,
        registration_id=registration.registration_id if registration else "", patient=patient,
        code=registration.code if registration else "A26S",
        event_date=registration.event_date if registration else clock.today(), institution=HAUKELAND,
        seen=registration.pk if registration else None, state_at=clock.now(), **more,
    )  # fmt: skip


def test_what_the_register_itself_rejected_has_a_list_of_its_own(coder):
    made = lung_patient(("A26A", 0), ("A26CK", 20), name="Stram Vedskjul")
    row = Registration.objects.get(patient=made, code="A26CK")
    returned_line(made, row)
    returned_line(made, Registration.objects.get(patient=made, code="A26A"), "E-77", "Ukjent avdeling i meldingen")
    html = page(coder, "?view=returned")
    assert tabs(html)["returned"] == "2"
    text = words(html)
    assert "Avvist eller merket av registeret" in text
    assert "108 Rekkefølge" in text
    assert "E-77 Merknad" in text
    assert "Ukjent avdeling i meldingen" in text  # the register's own words for a number that is not ours
    assert "Retur mottatt 20. jan." in text
    assert f"/patient/{made.handle}/?pathway=A26&amp;correct={row.pk}#code" in html


def test_a_mended_line_says_that_it_waits_and_one_of_nobody_leads_to_the_returns(coder):
    made = lung_patient(("A26A", 0), ("A26CK", 20))
    row = Registration.objects.get(patient=made, code="A26CK")
    line = returned_line(made, row)
    line.seen = row.pk - 1
    line.save()
    returned_line(None, None)
    html = page(coder, "?view=returned")
    assert "Rettet her, venter på ny innsending." in words(html)
    assert f'href="{reverse("returned_codes")}">Ukjent pasient<' in html


def test_the_patients_page_has_the_registers_own_words_on_the_code(coder):
    made = lung_patient(("A26A", 0), ("A26CK", 20))
    row = Registration.objects.get(patient=made, code="A26CK")
    line = returned_line(made, row)
    address = f"/patient/{made.handle}/"
    said = "Registeret, retur 20. jan: 108 Beslutningen har ikke noe fremmøte før seg."
    text = words(coder.get(address).content.decode())
    assert said in text
    assert "Rettet, venter på svar." not in text
    line.seen = row.pk - 1  # a newer version came after the return
    line.save()
    assert f"{said} Rettet, venter på svar." in words(coder.get(address).content.decode())
    line.state = "cleared"
    line.save()
    assert "Registeret, retur" not in words(coder.get(address).content.decode())


def test_another_hospitals_returns_are_on_no_list_of_mine(coder):
    made = lung_patient(("A26A", 0), ("A26CK", 20), name="Fremmed")
    returned_line(made, Registration.objects.get(patient=made, code="A26CK"))
    stranger = client_for(("coder", "974703300"), username="granne")
    assert tabs(page(stranger))["returned"] == "0"


def live(client, since):
    answer = client.get("/codes/missing/live/", {"since": since})
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_what_others_do_is_told_while_the_list_stands(coder):
    other = client_for(("coder", HAUKELAND), username="lykt")
    mine, theirs = lung_patient(("A26A", 28), name="En"), lung_patient(("A26A", 27), name="To")
    one, two = proposal(mine, "A26S"), proposal(theirs, "A26S")
    since = clock.now().isoformat()
    assert live(coder, since) == 204
    coder.post(f"/codes/{mine.handle}/confirm/", {"proposal": one.pk, "key": "l1"})
    assert live(coder, since) == 204  # one's own deed is no news
    other.post(f"/codes/{theirs.handle}/confirm/", {"proposal": two.pk, "key": "l2"})
    told = live(coder, since)
    assert re.fullmatch(r"\d\d\.\d\d · Prøve lykt registrerte eller rettet 1 kode", told["line"])
    assert told["gone"] == [f"p{two.pk}"]
    assert [row["handle"] for row in told["rows"]] == [theirs.handle]
    assert live(coder, told["since"]) == 204
    assert "Prøve lykt registrerte eller rettet 1 kode" in page(coder)


def test_a_rejection_by_another_is_told_and_another_units_deeds_are_not(coder):
    other = client_for(("coder", HAUKELAND), username="lykt")
    stranger = client_for(("coder", FORDE), username="granne")
    made, far = lung_patient(("A26A", 28)), lung_patient(("A26A", 28), place=FORDE)
    one = proposal(made, "A26S")
    since = clock.now().isoformat()
    stranger.post(f"/patient/{far.handle}/code/", {"code": "A26S", "day": "20.01.2022", "place": FORDE, "key": "f1"})
    assert live(coder, since) == 204
    other.post(f"/codes/{made.handle}/reject/", {"proposal": one.pk, "reason": "Ikke møtt", "key": "r"})
    told = live(coder, since)
    assert told["gone"] == [f"p{one.pk}"]
    assert told["line"].endswith("Prøve lykt endret listen")


def test_a_moment_that_is_none_asks_for_nothing(coder):
    assert [live(coder, text) for text in ("", "nonsense", "2022-01-20")] == [204, 204, 204]


def downgraded(patient, reason="Godartet funn"):
    from pakkeforlop.access.models import User
    from pakkeforlop.coordination.actions import referrals
    from pakkeforlop.coordination.models import Referral

    made = Referral.objects.create(
        external_id=f"h{patient.pk}", patient=patient, received_date=clock.today() - timedelta(4),
        institution=HAUKELAND, pathway="A26", marked=True, sender="Legekontoret", text="Hoste",
    )  # fmt: skip
    referrals.ordinary(referral=made, reason=reason, by=User.objects.get(username="penn"), at=clock.now())
    return made


def test_a_downgraded_referral_stays_on_its_list_until_it_is_settled(coder):
    made = downgraded(lung_patient(name="Rolig Teskje"))
    html = page(coder, "?view=downgraded")
    assert tabs(html)["downgraded"] == "1"
    assert "Rolig Teskje" in html
    assert "Godartet funn" in html
    assert "Tatt ut av Prøve penn 20. jan" in words(html)
    coder.post("/codes/missing/settle/", {"referral": made.pk, "text": "  "})
    assert "Skriv hva det ble til." in page(coder, "?view=downgraded")
    coder.post("/codes/missing/settle/", {"referral": made.pk, "text": "Vanlig time 3. februar"})
    html = page(coder, "?view=downgraded")
    assert "Rolig Teskje" not in html
    assert "Alle nedgraderte henvisninger er avklart." in html
    assert list(made.assessments.order_by("pk").values_list("became", "reason")) == [
        ("ordinary", "Godartet funn"), ("settled", "Vanlig time 3. februar"),
    ]  # fmt: skip


def test_another_units_downgraded_referral_is_not_mine_to_settle(coder):
    made = downgraded(lung_patient(name="Rolig Teskje"))
    stranger = client_for(("coder", FORDE), username="granne")
    assert "Rolig Teskje" not in page(stranger, "?view=downgraded")
    stranger.post("/codes/missing/settle/", {"referral": made.pk, "text": "x"})
    made.refresh_from_db()
    assert made.downgraded


def test_the_lists_as_a_spreadsheet_have_every_row_and_a_line_on_the_log(coder):
    import io

    from openpyxl import load_workbook

    from pakkeforlop.access.models import Event

    proposal(lung_patient(("A26A", 28), name="=Kvikk Regnjakke"), "A26S")
    answer = coder.get("/codes/missing/sheet/?view=proposed")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0] == ("Liste", "Pasient", "Født", "Forløp", "Hva som mangler", "Kode", "Dato", "Grunnlag", "Virkning")
    assert rows[1][:2] == ("Foreslått", "=Kvikk Regnjakke")
    assert rows[1][5] == "A26S"
    assert rows[1][8] == "Fremmøte blir 7 av 7"
    assert len(rows) == 2
    assert Event.objects.filter(kind="exported", what="missing_codes_sheet").count() == 1


# --- taken back without JavaScript -------------------------------------------------------------------------------------


def offered(html):
    """The forms that take back what was done, as (address, fields, text)."""
    forms = re.findall(r'<form class="verdict undo-offer" method="post" action="([^"]+)">(.*?)</form>', html, re.S)
    return [
        (url, dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside)), words(inside).strip()) for url, inside in forms
    ]


def test_a_confirmed_code_is_taken_back_by_a_plain_form_that_is_offered_once(coder):
    made = lung_patient(("A26A", 28), name="Kvikk Regnjakke")
    coder.post(f"/codes/{made.handle}/confirm/", {"proposal": proposal(made, "A26S").pk, "key": "u1"})
    ((url, fields, text),) = offered(page(coder))
    assert text == "Angre A26S for Kvikk Regnjakke Z"
    assert offered(page(coder)) == []
    coder.post(url, fields)
    assert Registration.objects.filter(patient=made, code="", withdrawn=True).count() == 1
    assert offered(page(coder)) == []


def test_a_rejection_is_taken_back(coder):
    made = lung_patient(("A26A", 28))
    one = proposal(made, "A26S")
    coder.post(f"/codes/{made.handle}/reject/", {"proposal": one.pk, "reason": "Ikke møtt", "key": "u1"})
    ((url, fields, _),) = offered(page(coder))
    coder.post(url, fields)
    one.refresh_from_db()
    assert one.state == "open"


def test_each_of_many_confirmed_codes_is_taken_back_by_itself(coder):
    made = [lung_patient(("A26A", 20 + n), name=f"Nr {n}") for n in range(2)]
    ids = [proposal(patient, "A26S", before=n).pk for n, patient in enumerate(made)]
    coder.post("/codes/missing/confirm/", {"proposal": ids, "key": "m1"})
    forms = offered(page(coder))
    assert sorted(text for _, _, text in forms) == ["Angre A26S for Nr 0", "Angre A26S for Nr 1"]
    url, fields, text = forms[0]
    coder.post(url, fields)
    withdrawn = Registration.objects.get(withdrawn=True)
    assert withdrawn.patient.name in text


def test_sixty_that_were_confirmed_together_are_taken_back_together(coder):
    many(60)
    ids = list(Proposal.objects.values_list("pk", flat=True))
    coder.post("/codes/missing/confirm/", {"proposal": ids, "key": "m1", "query": "view=proposed"})
    html = page(coder)
    assert len(offered(html)) == 60
    url, inside = re.search(r'<form class="undo-all" method="post" action="([^"]+)">(.*?)</form>', html, re.S).groups()
    assert words(inside).strip() == "Angre alle 60 Z"
    answer = coder.post(url, dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside)))
    assert answer.url == "/codes/missing/?view=proposed"
    assert "60 koder er angret." in page(coder)
    assert Registration.objects.filter(withdrawn=True).values("patient").distinct().count() == 60


def hints(html):
    inside = re.search(r'<span class="key only-wide">(.*?)</form>', html, re.S)
    return words(inside[1]).split() if inside else []


def test_only_keys_that_do_something_are_told(coder):
    made = lung_patient(("A26A", 28), name="Østlig Åker")
    proposal(made, "A26S")
    assert hints(page(coder))[:2] == ["B", "bekreft"]
    assert hints(page(coder, "?view=backlog")) == []
    marked = lung_patient(("A26A", 20), ("A26CK", 30))
    assert marked
    assert hints(page(coder, "?view=marked")) == "E finn ut eller rett".split()
    new_cancer(lung_patient(), 70)
    assert hints(page(coder, "?view=cancer")) == ["A", "svar"]


@pytest.mark.parametrize("typed", ["østlig", "ØSTLIG", "Åker", "åker"])
def test_a_name_with_norwegian_letters_is_found_as_it_is_typed(coder, typed):
    proposal(lung_patient(("A26A", 28), name="Østlig Åker"), "A26S")
    assert "Østlig Åker" in page(coder, f"?q={typed}")
