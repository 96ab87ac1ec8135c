"""The demo's morning: twenty proposals confirmed, a transfer received and a list handed over without typing one date.

Then a transfer day seen from both ends, a cover day, and the morning when the laboratory's answers arrive.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.work.filling import FORDE, HAUKELAND, TODAY
from pages.measures import looked_at
from pakkeforlop.exchange.generate.ward.arrivals import SPEAKING, arrivals
from pakkeforlop.exchange.generate.ward.ward import Ward, inbox, joined, morning

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def morning_ward() -> Ward:
    """A morning with the events of other systems in it, and two incoming transfers."""
    return joined(
        [
            morning(today=TODAY, seed=4, hospital=HAUKELAND, other=FORDE, size=34),
            arrivals(today=TODAY, seed=2, hospital=HAUKELAND),
            inbox(today=TODAY, seed=5, hospital=HAUKELAND),
        ]
    )


@pytest.fixture(autouse=True)
def _time_enough(page: Any) -> None:
    """The first page of a store judges some thirty proposals; on a busy machine that may take a while."""
    page.set_default_navigation_timeout(120_000)


def typed_dates(page: Any) -> None:
    """Fails the page on any key that is typed into a field that holds a day."""
    page.add_init_script(
        "addEventListener('input', e => { if (e.target.matches('input[type=date],#f-day,input[name=day]')) window.typedDate = true; }, true)"
    )


def test_a_coordinator_confirms_twenty_receives_a_transfer_and_hands_over_a_list_without_typing_a_date(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.coordination.models import Cover, Proposal, Transfer

    log_in(context, "anker")
    typed_dates(page)
    page.set_viewport_size({"width": 1440, "height": 1000})
    waiting = Proposal.objects.filter(state="open")
    assert waiting.count() >= 20
    assert not waiting.filter(evidence="").exists()

    page.goto(f"{site}/codes/missing/")
    page.locator("tr.r.sel").first.wait_for()
    for n in range(20):
        before = page.locator(".told").count()
        page.keyboard.press("b")
        page.wait_for_function("n => document.querySelectorAll('.told').length > n", arg=before)
        assert Registration.objects.filter(source="proposal").count() == n + 1
    assert page.evaluate("window.typedDate") is None

    page.goto(f"{site}/transfers/")
    assert "venter på svar fra dere" in page.locator(".sum").inner_text()
    looked_at(page, accessible)
    taken = Transfer.objects.filter(receiver=HAUKELAND, state="sent").order_by("sent_on", "pk").first()
    page.get_by_role("button", name="Ta ansvaret").first.click()
    page.locator(".verdict.note").wait_for()
    taken.refresh_from_db()
    assert (taken.state, taken.responsible, taken.accepted_on) == ("accepted", HAUKELAND, TODAY)

    page.goto(f"{site}/cover/")
    looked_at(page, accessible)
    page.get_by_label("Vikar", exact=True).select_option(label="Varm Lykt")
    page.get_by_role("button", name="Overlever listen").click()
    page.get_by_role("heading", name="Listen til Stødig Anker").wait_for()
    looked_at(page, accessible)
    cover = Cover.objects.get()
    assert (cover.first_day, cover.last_day.weekday()) == (TODAY, 4)
    page.goto(f"{site}/cover/")
    assert "Varm Lykt" in page.locator("#running ~ table").inner_text()
    looked_at(page, accessible)
    assert page.evaluate("window.typedDate") is None
    assert page.outside == []


def test_the_brief_is_one_page_of_paper(page: Any, context: Any, site: str, log_in: Any, tmp_path: Path):
    from pakkeforlop.access.models import User
    from pakkeforlop.coordination.models import Cover, WorklistRow
    from pakkeforlop.web import clock

    owner, deputy = User.objects.get(username="anker"), User.objects.get(username="lykt")
    assert WorklistRow.objects.filter(owner=owner, closed=False).count() > 26
    made = Cover.objects.create(owner=owner, deputy=deputy, first_day=TODAY, last_day=TODAY, note="Ring Mild Mikroskop før kl. 10 om preparatene.", made_at=clock.now())
    log_in(context, "lykt")
    page.goto(f"{site}/cover/{made.pk}/brief/")
    assert "forløp til, på listen" in page.locator("main").inner_text()
    paper = page.pdf(format="A4", landscape=True, print_background=False)
    (tmp_path / "brief.pdf").write_bytes(paper)
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") + paper.count(b"/Type/Page/") + paper.count(b"/Type/Page\n") == 1


def test_a_transfer_day_at_both_ends(page: Any, context: Any, browser: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coordination.models import Transfer, WorklistRow

    row = WorklistRow.objects.select_related("patient").filter(phase="workup", hospital=HAUKELAND, closed=False, receiver="", sender="")[0]
    log_in(context, "anker")
    page.goto(f"{site}/transfers/{row.patient.handle}/send/?pathway={row.pathway}")
    looked_at(page, accessible)
    page.get_by_label("Sykehuset som skal ha ansvaret").select_option(value=FORDE)
    page.get_by_role("button", name="Send i dag").click()
    page.get_by_text("Overføringen er sendt til").wait_for()
    there = browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    log_in(there, "granne")
    other = there.new_page()
    other.goto(f"{site}/transfers/")
    page.goto(f"{site}/transfers/")
    page.evaluate("document.getElementById('live').dataset.every = '300'")
    order = page.locator("tbody th a.nm").all_inner_texts()
    other.get_by_role("button", name=f"Kvitter for mottatt {row.patient.name}").click()
    other.get_by_text("Mottaket er kvittert.").wait_for()
    assert Transfer.objects.get(patient=row.patient).responsible == HAUKELAND
    page.locator("#live", has_text="Endret mens siden har stått åpen").wait_for(timeout=15000)
    assert row.patient.name in page.locator("tr.new").inner_text()
    assert page.locator("tbody th a.nm").all_inner_texts() == order  # nothing moves under the hand
    looked_at(page, accessible)
    other.get_by_role("button", name=f"Ta ansvaret {row.patient.name}").click()
    other.get_by_text("har ansvaret. Koden A er lagret").wait_for()
    page.reload()
    assert "Tatt ansvar" in page.locator(f"tr:has-text('{row.patient.name}')").first.inner_text()
    there.close()


def test_the_morning_when_the_laboratorys_answers_arrive(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coordination.actions.load import load
    from pakkeforlop.coordination.models import ExpectedAnswer, WorklistRow
    from pakkeforlop.web import clock

    row = WorklistRow.objects.select_related("patient").filter(phase="workup", hospital=HAUKELAND, closed=False, answer_due=None)[0]
    log_in(context, "anker")
    page.goto(f"{site}/tasks/{row.patient.handle}/new/?pathway={row.pathway}&kind=pathology")
    looked_at(page, accessible)
    page.get_by_label("Kort tekst").fill("Svar på biopsien")
    page.get_by_role("button", name="Lagre").click()
    page.get_by_role("rowheader", name="Patologisvar: Svar på biopsien").wait_for()
    looked_at(page, accessible)
    came = {
        "event_id": "lab-1", "patient_id": row.patient.source_id, "kind": "pathology", "at": "2022-01-20T07:30", "institution": HAUKELAND,
        "pathway": row.pathway, "towards": "A06", "finding": "cancer", "text": "Patologisvar: lymfom",
    }  # fmt: skip
    load("events", [came], on=TODAY, at=clock.now())
    assert ExpectedAnswer.objects.get(text="Svar på biopsien").received_at == TODAY
    page.reload()
    assert "Svar på biopsien" not in page.locator("main").inner_text()
    page.goto(f"{site}/codes/missing/")
    line = page.locator("tr.r", has_text="A06A")
    assert "Patologisvar: lymfom" in line.inner_text()
    line.locator("form button").click()
    page.locator("tr.r .told").first.wait_for()
    assert WorklistRow.objects.filter(patient=row.patient, pathway="A06", closed=False).exists()


def test_a_cover_day_and_what_became_of_proposals(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.access.models import User
    from pakkeforlop.coordination.models import Cover, Task, WorklistRow
    from pakkeforlop.web import clock

    owner, deputy = User.objects.get(username="anker"), User.objects.get(username="lykt")
    row = WorklistRow.objects.filter(owner=owner, closed=False)[0]
    Task.objects.create(patient=row.patient, pathway=row.pathway, text="Ring om ny time", owner=owner, due=TODAY, made_at=clock.now())
    Cover.objects.create(owner=owner, deputy=deputy, first_day=TODAY, last_day=TODAY, made_at=clock.now())
    log_in(context, "lykt")
    page.goto(f"{site}/tasks/")
    assert "Du passer listen til Stødig Anker" in page.locator("main").inner_text()
    looked_at(page, accessible)
    page.get_by_text("Flytt eller gi videre").first.click()
    page.get_by_label("Grunn").first.fill("Får ikke svar på telefon")
    page.get_by_label("Ny dag").first.select_option(index=2)
    page.get_by_role("button", name="Flytt", exact=True).first.click()
    page.get_by_text("Ny dag er").wait_for()
    assert "Får ikke svar på telefon" in page.locator("main").inner_text()
    page.get_by_role("button", name="Gjort").first.click()
    page.get_by_text("Oppgaven er gjort.").wait_for()
    page.goto(f"{site}/worklist/?owner={owner.pk}")
    assert page.locator("tr.r").count() > 10
    for address in ("/proposals/", "/regradings/"):
        page.goto(site + address)
        looked_at(page, accessible)
    assert page.outside == []


def test_every_event_of_the_morning_speaks_for_its_code(site: str):
    from pakkeforlop.coordination.models import Proposal

    assert Proposal.objects.filter(state="open", event__isnull=False).count() == SPEAKING == 23
