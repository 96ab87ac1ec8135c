"""The lists of missing codes: what stands where, filters, one and many confirmed, reasons asked."""

import re
from datetime import timedelta

import pytest

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
    assert tabs(html) == {"proposed": "1", "gap": "2", "marked": "1", "backlog": "1", "cancer": "0"}  # of December: only the third's gap
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
