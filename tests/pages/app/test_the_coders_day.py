"""A coder's correction day by keyboard, a code with a warning, two people on one patient, and a click too many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.patient.filling import book, day, enter, lung_patient
from pages.measures import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def lung() -> Any:
    """Day 35 of 42, transferred, one appointment missed, the operation booked for day 39."""
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.web import clock

    made = lung_patient(("A26A", 0), ("A26S", 6), ("A26CK", 29))
    book(made, "attendance", "Poliklinikk", 6, status="attended")
    book(made, "examination", "CT-veiledet biopsi", 13, status="missed")
    book(made, "surgery", "Operasjon", 39)
    refresh([made.pk], on=clock.today(), at=clock.now())
    return made


def test_a_coders_correction_day_by_keyboard(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.coordination.models import Proposal

    log_in(context, "penn")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/codes/missing/")
    waiting = Proposal.objects.filter(state="open").count()
    assert f"Foreslått{waiting}" in page.locator(".views").inner_text().replace("\n", "").replace(" ", "")
    looked_at(page, accessible)
    page.reload()
    # the first proposal by one key: saved, told in its row, and the next row is at hand
    first = page.locator("tr.r .nm").first.inner_text()
    second = page.locator("tr.r .nm").nth(1).inner_text()
    before = Registration.objects.count()
    page.keyboard.press("b")
    page.locator(".told").wait_for()
    assert "er lagret" in page.locator(f"tr:has-text('{first}') .told").inner_text()
    assert Registration.objects.count() == before + 1
    assert page.locator("tr.sel .nm").inner_text() == second
    # taken back by Z: a further row
    page.keyboard.press("z")
    page.locator(".told").wait_for(state="detached")
    page.locator("tr.r .nm", has_text=first).first.wait_for()
    assert Registration.objects.count() == before + 2
    # a code that the rules have marked: E leads to the form with what was registered
    page.goto(f"{site}/codes/missing/?view=marked")
    page.keyboard.press("j")
    page.keyboard.press("k")
    code = page.locator("tr.sel .code").inner_text()
    page.keyboard.press("e")
    page.locator("#f-reason").wait_for()
    assert page.locator("#f-code").input_value() == code
    page.locator("#f-day").fill(day(30))
    page.locator("#f-reason").fill("Datoen var skrevet feil")
    page.keyboard.press("Enter")
    page.locator("#undo").wait_for()
    assert "Datoen var skrevet feil" in page.locator(".regs").inner_text()
    assert page.locator(".regs del").count() == 1
    accessible(page)


def test_a_code_that_is_possible_now_is_entered_in_two_keystrokes(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.web import clock

    made = lung_patient(("A26A", 28))
    log_in(context, "penn")
    page.goto(f"{site}/patient/{made.handle}/")
    page.wait_for_load_state("load")
    assert page.locator("a[data-code]").first.inner_text() == "A26S"
    page.keyboard.press("1")
    page.locator("#verdict table").wait_for()  # the register's verdict stands before it is saved
    accessible(page)
    page.keyboard.press("Enter")
    page.locator("#undo").wait_for()
    saved = Registration.objects.get(patient=made, code="A26S")
    assert (saved.event_date, saved.institution) == (clock.today(), "974557746")


def test_a_code_with_a_warning_is_judged_as_one_types_and_saved(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.coding.models import Registration

    made = lung_patient(("A26A", 20))
    log_in(context, "penn")
    page.goto(f"{site}/patient/{made.handle}/")
    page.keyboard.press("e")
    page.keyboard.type("A26CK")
    page.locator("#verdict .warn").wait_for()
    assert "108: " in page.locator("#verdict").inner_text()
    assert page.locator("#verdict").inner_text().count("lagres likevel.") == 1
    assert Registration.objects.filter(patient=made).count() == 1
    looked_at(page, accessible)
    page.locator("#f-code").focus()
    page.keyboard.press("Enter")
    page.locator("#undo").wait_for()
    assert Registration.objects.filter(patient=made, code="A26CK").count() == 1
    page.locator("h1").click()
    page.keyboard.press("z")
    page.wait_for_function("() => document.querySelector('.regs del') !== null")
    assert Registration.objects.get(patient=made, code="", version=2).withdrawn


def test_the_page_of_a_patient_reads_well_on_every_width(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.coordination.models import ExpectedAnswer

    made = lung()
    log_in(context, "anker")
    page.goto(f"{site}/patient/{made.handle}/")
    assert page.locator(".say").inner_text().startswith("Dag 35 av 42. Operasjon er bestilt mandag 24. januar, dag 39.")
    page.locator("#f-code").fill("A26FK")
    page.locator("#f-day").fill(day(39))
    page.locator("#verdict table").wait_for()
    assert page.locator("#verdict tbody tr").all_inner_texts()[-1].split() == ["Hele", "forløpet", "35", "39", "42"]
    looked_at(page, accessible)
    page.get_by_role("button", name="Minn meg").click()
    page.locator("#todo", has_text="Sett koden A26FK").wait_for()
    # an answer that is awaited and a visit that was missed have signs of a letter's size
    ExpectedAnswer.objects.create(
        patient=made, pathway="A26", external_id="e1", kind="pathology", asked_at=date(2022, 1, 10),
        expected_date=date(2022, 1, 18), text="Patologi",
    )  # fmt: skip
    page.reload()
    signs = page.locator("#todo svg")
    assert [round(signs.nth(n).bounding_box()["height"]) for n in range(signs.count())] == [13, 13]
    looked_at(page, accessible)


def test_the_second_of_two_people_is_told_and_keeps_what_was_typed(page: Any, context: Any, site: str, log_in: Any):
    from pakkeforlop.access.models import User
    from pakkeforlop.coding.models import Registration

    made = lung()
    log_in(context, "penn")
    page.goto(f"{site}/patient/{made.handle}/")
    page.locator("#f-code").fill("A26FK")
    enter(made, "A26P", 31, by=User.objects.get(username="anker"))
    page.locator("#f-code").press("Enter")
    page.locator(".verdict.stop").wait_for()
    assert "Stødig Anker lagret A26P" in page.locator(".verdict.stop").first.inner_text()
    assert page.locator("#f-code").input_value() == "A26FK"
    assert "A26P" in page.locator(".regs").inner_text()
    page.locator("#f-code").press("Enter")
    page.locator("#undo").wait_for()
    assert Registration.objects.filter(patient=made, code="A26FK").count() == 1


def test_a_double_click_and_the_back_button_save_once(page: Any, context: Any, site: str, log_in: Any):
    from pakkeforlop.coding.models import Registration

    made = lung()
    log_in(context, "penn")
    page.goto(f"{site}/patient/{made.handle}/")
    page.locator("#f-code").fill("A26FK")
    page.locator("#entry button[value=save]").dblclick()
    page.locator("#undo").wait_for()
    assert Registration.objects.filter(patient=made, code="A26FK").count() == 1
    # the page before is read anew: the code stands there, and typing it again is warned of
    page.go_back()
    assert "A26FK" in page.locator(".regs").inner_text()
    page.locator("#f-code").fill("A26FK")
    page.locator("#verdict .warn").wait_for()
    assert Registration.objects.filter(patient=made, code="A26FK").count() == 1


def test_everything_is_there_without_javascript(browser: Any, site: str, log_in: Any):
    from pakkeforlop.coding.models import Registration

    made = lung()
    context = browser.new_context(java_script_enabled=False)
    log_in(context, "penn")
    page = context.new_page()
    page.goto(f"{site}/patient/{made.handle}/")
    page.get_by_role("link", name="A26FK").click()
    assert page.locator("#f-code").input_value() == "A26FK"
    page.get_by_role("button", name="Vis virkning").click()
    assert "Hele forløpet" in page.locator("#verdict").inner_text()
    assert not Registration.objects.filter(patient=made, code="A26FK").exists()
    page.get_by_role("button", name="Lagre").click()
    assert Registration.objects.filter(patient=made, code="A26FK").count() == 1
    for address in (f"/patient/{made.handle}/", "/worklist/", "/codes/missing/?view=proposed"):
        page.goto(site + address)
        assert page.locator("kbd:visible").count() == 0  # keys need the script, and are not offered
    before = Registration.objects.count()
    page.locator("form[data-does=b] button").first.click()
    assert Registration.objects.count() == before + 1
    context.close()
