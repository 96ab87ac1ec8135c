"""A coordinator's whole morning by keyboard, a leader's look, two at once, and the list without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pages.measures import too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def selected(page: Any) -> str:
    return page.locator("tr.sel .nm").inner_text()


def go_to_proposal(page: Any) -> str:
    """J until the row that is open has a proposal; the code that it proposes."""
    for _ in range(60):
        page.keyboard.press("j")
        row = page.locator("tr.sel")
        if row.get_attribute("data-proposed") is not None:
            page.locator("tr.open .code").wait_for()
            return page.locator("tr.open .code").first.inner_text()
    raise AssertionError("no proposal on the list")


def test_a_coordinators_morning_by_keyboard(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.coordination.models import Note, Proposal, Task

    log_in(context, "anker")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/worklist/")
    assert re.search(r"\d+ åpne forløp. \d+ kan ennå reddes i dag", page.locator(".sum").inner_text())
    # first the one with the fewest days
    page.keyboard.press("j")
    first = selected(page)
    assert first == page.locator("tr.r .nm").first.inner_text()
    page.locator("tr.open").wait_for()
    accessible(page)
    # confirm a proposed code by one key; the focus goes to the next row, the row says what was saved
    code = go_to_proposal(page)
    before, name = Registration.objects.count(), selected(page)
    after = page.locator("tr.sel + tr.open + tr.r .nm, tr.sel + tr.open + tr.g + tr.r .nm").first.inner_text()
    page.keyboard.press("b")
    page.locator(".told").wait_for()
    assert f"{code} er lagret" in page.locator(".told").inner_text()
    assert name in page.locator("tr:has(.told) .nm").inner_text()
    assert Registration.objects.count() == before + 1
    page.wait_for_function("name => document.activeElement.textContent.trim() === name", arg=after)
    # undo it again: a correcting row
    page.keyboard.press("z")
    page.wait_for_function("() => document.querySelector('.told')?.textContent.includes('Angret')")
    assert Registration.objects.count() == before + 2
    # reject with a reason
    page.keyboard.press("Escape")
    page.goto(f"{site}/worklist/?view=missing_code")
    go_to_proposal(page)
    page.keyboard.press("a")
    page.locator("#reject-reason").fill("Samtalen gjaldt noe annet")
    page.keyboard.press("Enter")
    page.locator(".told").wait_for()
    assert Proposal.objects.filter(state="rejected", reason="Samtalen gjaldt noe annet").count() == 1
    # a task and a note, typed with letters that are also keys
    page.goto(f"{site}/worklist/")
    page.keyboard.press("j")
    page.locator("tr.open").wait_for()
    page.keyboard.press("o")
    page.locator("#task-text").type("book ny time")
    page.keyboard.press("Enter")
    page.locator(".told").wait_for()
    assert Task.objects.get().text == "book ny time"
    page.locator("tr.open").wait_for()
    page.keyboard.press("n")
    page.locator("#note-text").type("ønsker jobb før kl. 10")
    page.locator("tr.open details[open] button").click()
    page.wait_for_function("() => document.querySelector('.told')?.textContent.includes('Notatet')")
    assert Note.objects.get().text == "ønsker jobb før kl. 10"
    # search, all keys, other lists
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jjj")
    assert page.locator("#q").input_value() == "jjj"
    page.goto(f"{site}/worklist/")
    page.keyboard.press("?")
    assert page.locator("#keys[open]").count() == 1
    accessible(page)
    assert too_wide(page) <= 0
    assert page.outside == []


def test_marked_rows_are_confirmed_together(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coding.models import Registration

    log_in(context, "anker")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/worklist/?view=missing_code")
    proposals = page.locator("tr[data-proposed]").count()
    assert proposals > 1
    assert not page.locator("#bulk").is_visible()
    for _ in range(page.locator("tr.r").count()):
        page.keyboard.press("j")
        page.keyboard.press("x")
    assert f"{proposals} foreslåtte koder blir lagret" in page.locator("#bulk").inner_text()
    accessible(page)
    page.keyboard.press("Shift+B")
    page.wait_for_url(re.compile("view=missing_code"))
    page.locator(".note").wait_for()
    assert f"{proposals} koder er lagret" in page.locator(".note").inner_text()
    assert Registration.objects.filter(registered_by__isnull=False).count() == proposals
    # all of it taken back by one key
    assert f"Angre alle {proposals}" in page.locator(".undo-many").inner_text()
    accessible(page)
    page.wait_for_load_state("load")  # the keys act once the page's script has run
    page.keyboard.press("z")
    page.locator(".note", has_text=f"{proposals} koder er angret.").wait_for()
    assert Registration.objects.filter(withdrawn=True).count() == proposals
    assert page.locator("tr[data-proposed]").count() == proposals


def test_marked_rows_are_given_to_a_colleague_and_taken_back_by_keys_alone(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.access.models import User
    from pakkeforlop.coordination.models import Responsibility, WorklistRow
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.web import clock

    anker, lykt = (User.objects.get(username=name) for name in ("anker", "lykt"))
    theirs = WorklistRow.objects.filter(owner=anker).order_by("pk")[0]
    Responsibility.objects.create(patient=theirs.patient, pathway=theirs.pathway, owner=lykt, since=clock.now())
    refresh([theirs.patient_id], on=clock.today(), at=clock.now())
    owners = dict(WorklistRow.objects.values_list("pk", "owner__username"))
    log_in(context, "anker")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/worklist/?owner={anker.pk}")
    page.wait_for_load_state("load")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("Shift+A")
    page.keyboard.type("Varm")
    page.keyboard.press("Enter")
    page.locator(".note", has_text="3 forløp har fått Varm Lykt som ansvarlig.").wait_for()
    assert WorklistRow.objects.filter(owner=lykt).count() == 3 + sum(name == "lykt" for name in owners.values())
    accessible(page)
    page.wait_for_load_state("load")
    page.keyboard.press("z")
    page.locator(".note", has_text="3 forløp er tilbake hos dem som hadde ansvaret.").wait_for()
    assert dict(WorklistRow.objects.values_list("pk", "owner__username")) == owners


def test_a_code_that_is_possible_now_is_entered_from_the_list_in_two_keystrokes(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.coordination.models import WorklistRow
    from pakkeforlop.web import clock

    row = WorklistRow.objects.select_related("patient").filter(proposed=None, phase="workup", closed=False)[0]
    log_in(context, "anker")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/worklist/?owner=all")
    page.wait_for_load_state("load")
    page.locator(f"tr[data-row^='{row.patient.handle}.'] td.nx").click()
    page.locator("tr.open a[data-code]").first.wait_for()
    assert page.locator("tr.open a[data-code]").first.inner_text() == f"{row.pathway}CK"
    accessible(page)
    page.keyboard.press("1")
    page.wait_for_url("**/patient/**")
    page.wait_for_function("document.activeElement.id === 'f-code'")
    page.keyboard.press("Enter")
    page.locator("#undo").wait_for()
    saved = Registration.objects.get(patient=row.patient, code=f"{row.pathway}CK")
    assert (saved.event_date, saved.institution) == (clock.today(), row.hospital)


def test_two_at_once_see_each_others_changes(browser: Any, page: Any, context: Any, site: str, log_in: Any):
    log_in(context, "anker")
    page.goto(f"{site}/worklist/?owner=all&view=missing_code")
    page.evaluate("document.querySelector('table.list').dataset.every = '300'")
    order = page.locator("tr.r .nm").all_inner_texts()
    second = browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    log_in(second, "lykt")
    other = second.new_page()
    other.goto(f"{site}/worklist/?owner=all&view=missing_code")
    row = other.locator("tr[data-proposed]").first
    name = row.locator(".nm").inner_text()
    row.locator("td.nx").click()
    other.locator('tr.open [data-does="b"] button').click()
    other.locator(".told").wait_for()
    page.wait_for_function("() => document.getElementById('live').textContent.includes('Varm Lykt lagret')", timeout=15000)
    assert name in page.locator("#live").inner_text()
    assert page.locator("tr.new .nm").inner_text() == name
    assert page.locator("tr.r .nm").all_inner_texts() == order  # nothing moves under the hand
    second.close()


def test_the_list_works_without_javascript(browser: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coding.models import Registration

    plain = browser.new_context(locale="nb-NO", java_script_enabled=False, viewport={"width": 1280, "height": 900})
    log_in(plain, "anker")
    page = plain.new_page()
    page.goto(f"{site}/worklist/?view=missing_code")
    page.locator("tr[data-proposed] td.fl a").first.click()
    code = page.locator("tr.open .code").inner_text()
    page.locator('tr.open [data-does="b"] button').click()
    assert f"{code} er lagret" in page.locator(".note").inner_text()
    assert Registration.objects.filter(registered_by__isnull=False, code=code).count() == 1
    page.locator("#f-phase").select_option("treatment")
    page.locator("form.filters .go").click()
    assert set(page.locator("td.p1 .cell > span:first-child").all_inner_texts()) <= {"Behandling"}
    page.goto(f"{site}/worklist/")
    page.locator(".mark").first.check()
    page.locator("#bulk-owner").select_option(label="Varm Lykt")
    page.locator("#bulk .give button").click()
    assert "Varm Lykt har nå ansvaret." in page.locator(".note").inner_text()
    plain.close()


def test_single_keys_switched_off_do_nothing(page: Any, context: Any, site: str, log_in: Any):
    log_in(context, "anker")
    page.goto(f"{site}/worklist/")
    page.locator("#keys summary").click()
    page.locator("#keys button").click()
    page.locator(".note").wait_for()
    page.keyboard.press("j")
    assert page.locator("tr.sel").count() == 0


def test_a_leaders_look(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    """A leader sees all pathways of the unit, and cannot confirm codes."""
    log_in(context, "kompass")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/worklist/")
    assert page.locator(".views a[aria-current=page]").inner_text().startswith("Alle forløp")
    page.locator("tr[data-proposed] td.nx").first.click()
    page.locator("tr.open").wait_for()
    assert page.locator('tr.open [data-does="b"]').count() == 0
    assert page.locator('tr.open [data-does="o"]').count() == 1
    accessible(page)
    page.goto(f"{site}/worklist/?view=nothing_booked")
    assert page.locator("tr.r").count() == page.locator("tr.r .none").count() > 0
    page.goto(f"{site}/referrals/")
    accessible(page)
    # the unit's figures now; a number opens to its patients, and a patient to codes, rule and limit
    page.goto(f"{site}/figures/")
    accessible(page)
    opened = page.locator(".figures tbody tr:not(.all) td a").first
    count = int(opened.evaluate("a => a.lastChild.textContent"))
    opened.click()
    page.wait_for_url("**/figures/behind/**")
    assert page.locator("tbody tr").count() == count > 0
    accessible(page)
    page.locator("tbody tr th a").first.click()
    page.locator("h1").wait_for()
    assert "/patients/" in page.url or "/patient/" in page.url
    page.set_viewport_size({"width": 390, "height": 900})
    for address in ("/figures/", "/figures/?period=last_year"):
        page.goto(f"{site}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        accessible(page)


def test_the_morning_begins_with_the_referrals(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    log_in(context, "anker")
    page.goto(f"{site}/referrals/")
    waiting = page.locator(".inbox li").count()
    accessible(page)
    page.locator(".inbox summary", has_text="Ikke merket. Kan høre til Bryst").click()
    page.locator(".inbox details[open] button", has_text="Inn i forløp").last.click()
    page.locator(".note").wait_for()
    assert "Bryst A01 er startet" in page.locator(".note").inner_text()
    assert page.locator(".inbox li").count() == waiting - 1


def test_the_referrals_by_keys(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coordination.models import Referral

    log_in(context, "anker")
    page.goto(f"{site}/referrals/")
    page.wait_for_load_state("load")
    names = page.locator(".inbox .nm").all_inner_texts()
    page.keyboard.press("j")
    assert focused(page).startswith(names[0])
    page.keyboard.press("j")
    assert focused(page).startswith(names[1])
    assert page.locator(".inbox details[open] .nm").all_inner_texts() == [names[1]]
    page.keyboard.press("b")  # into the pathway that is proposed
    page.locator(".note", has_text="er startet").wait_for()
    assert Referral.objects.get(status="pathway", assessed_by__isnull=False).patient.name == names[1]
    page.wait_for_load_state("load")
    page.keyboard.press("j")
    # Enter in the reason decides nothing until the ordinary one was asked for
    page.locator(".inbox details[open] input[name=reason]").fill("Godartet på bilder")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "pathway"
    assert Referral.objects.filter(status="ordinary").count() == 0
    page.keyboard.press("Escape")
    page.locator(".inbox details[open] input[name=reason]").fill("")
    page.locator(".inbox details[open] summary").focus()
    page.keyboard.press("a")
    page.keyboard.type("Godartet på bilder")
    accessible(page)
    page.keyboard.press("Enter")
    page.locator(".note", has_text="Henvisningen er ordinær.").wait_for()
    assert Referral.objects.get(status="ordinary").reason == "Godartet på bilder"
    assert page.locator(".inbox li").count() == len(names) - 2


@pytest.mark.parametrize("path", ["/worklist/", "/worklist/?view=missing_code&sort=next", "/worklist/?pathway=A99", "/referrals/"])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_a_page_is_accessible_and_fits_at_every_width(page: Any, context: Any, site: str, log_in: Any, accessible: Any, path: str, width: int):
    log_in(context, "anker")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site + path)
    accessible(page)
    assert too_wide(page) <= 0
    row = page.locator("tr[data-proposed] td.nx")
    if row.count():
        row.first.click()
        page.locator("tr.open").wait_for()
        accessible(page)
        assert too_wide(page) <= 0
    assert page.outside == []
