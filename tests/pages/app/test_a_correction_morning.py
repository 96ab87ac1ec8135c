"""What others do to the codes while one works, views and pages, referrals assessed anew, undo by plain forms, openings
looked at, two steps set up, and many users. Each ends with axe at every width.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from app.patient.filling import lung_patient
from pages.measures import looked_at, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "syv-kloke-elger-spiser"


def proposed(name: str) -> Any:
    from pakkeforlop.coordination.models import Proposal
    from pakkeforlop.web import clock

    made = lung_patient(("A26A", 28), name=name)
    return Proposal.objects.create(
        patient=made, pathway="A26", code="A26S", event_date=clock.today(), institution="974557746",
        evidence="Poliklinikk", made_at=clock.now(),
    )  # fmt: skip


def test_what_another_coder_does_is_marked_and_nothing_moves(
    page: Any, context: Any, browser: Any, site: str, log_in: Any, accessible: Any
):
    proposed("Lystig Ullgenser")
    log_in(context, "penn")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/codes/missing/?view=proposed")
    page.evaluate("document.querySelector('table.list').dataset.every = '300'")
    order = page.locator("tr.r .nm").all_inner_texts()
    second = browser.new_context(locale="nb-NO")
    log_in(second, "anker")
    other = second.new_page()
    other.goto(f"{site}/codes/missing/?view=proposed")
    other.locator("tr.r:has-text('Lystig Ullgenser') .nm").focus()
    other.keyboard.press("b")
    other.locator(".told").wait_for()
    gone = page.locator("tr.gone", has_text="Lystig Ullgenser")
    gone.wait_for(timeout=15000)
    assert "Stødig Anker" in gone.locator(".told").inner_text()
    assert "Stødig Anker registrerte eller rettet 1 kode" in page.locator("#live").inner_text()
    assert page.locator("tr.r .nm").all_inner_texts() == order
    second.close()
    looked_at(page, accessible)


def test_a_view_is_named_opened_and_forgotten(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    proposed("Lystig Ullgenser")
    log_in(context, "penn")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/codes/missing/?view=proposed&pathway=A26")
    page.get_by_text("Lagre denne visningen").click()
    page.get_by_label("Navn på visningen").fill("Lunge, forslag")
    page.keyboard.press("Enter")
    page.locator(".views a.own").wait_for()
    assert page.locator(".views a.own").inner_text() == "Lunge, forslag"
    page.goto(f"{site}/codes/missing/")
    page.get_by_role("link", name="Lunge, forslag").click()
    assert "view=proposed" in page.url
    assert "pathway=A26" in page.url
    looked_at(page, accessible)
    page.get_by_text("Lagre denne visningen").click()
    page.get_by_role("button", name="Glem «Lunge, forslag»").click()
    page.locator(".note", has_text="Visningen er glemt").wait_for()
    assert page.locator(".views a.own").count() == 0


def test_a_rejection_in_the_list_is_undone_by_z(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    one = proposed("Lystig Ullgenser")
    log_in(context, "penn")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/codes/missing/?view=proposed")
    page.locator("tr.r:has-text('Lystig Ullgenser') .nm").focus()
    page.keyboard.press("a")
    page.keyboard.type("Ikke møtt")
    page.keyboard.press("Enter")
    page.locator(".told", has_text="er avvist").wait_for()
    accessible(page)
    page.keyboard.press("z")
    page.locator(".told").wait_for(state="detached")
    page.locator("tr.r .nm", has_text="Lystig Ullgenser").wait_for()
    one.refresh_from_db()
    assert one.state == "open"
    looked_at(page, accessible)


def test_a_long_list_is_leafed_through(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from app.patient.test_missing_codes import many

    many(230)
    log_in(context, "penn")
    page.goto(f"{site}/codes/missing/")
    page.get_by_role("link", name="Vis alle.").first.click()
    page.get_by_role("link", name="Neste").click()
    assert "Side 2 av 3" in page.locator(".pager").inner_text()
    assert page.locator("tr.r").count() == 100
    looked_at(page, accessible)


@pytest.mark.parametrize("script", [True, False])
def test_a_referral_is_downgraded_settled_and_taken_in_again(
    browser: Any, site: str, log_in: Any, accessible: Any, script: bool
):
    """With and without JavaScript: into a pathway by mistake, out of it with the reason, settled, and in again."""
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.coordination.models import Referral

    context = browser.new_context(locale="nb-NO", java_script_enabled=script, viewport={"width": 1440, "height": 1000})
    log_in(context, "anker")
    page = context.new_page()
    page.goto(f"{site}/referrals/")
    page.locator(".inbox summary", has_text="Ikke merket. Kan høre til Bryst").click()
    page.locator(".inbox details[open] button", has_text="Inn i forløp").last.click()
    page.locator(".note", has_text="er startet").wait_for()
    page.get_by_role("link", name="Vurder på nytt").first.click()
    page.get_by_role("heading", name="Vurder på nytt").wait_for()
    page.get_by_label("Ordinær henvisning").check()
    page.get_by_label("Trekk tilbake startkoden: den var feil").check()
    page.get_by_label("Grunn").fill("Godartet på nye bilder")
    page.get_by_role("button", name="Lagre ny vurdering").click()
    page.locator(".note", has_text="Henvisningen er nå ordinær.").wait_for()
    held = Referral.objects.get(downgraded=True)
    assert Registration.objects.filter(patient=held.patient, withdrawn=True).count() == 1
    if script:
        looked_at(page, accessible)
    page.goto(f"{site}/codes/missing/?view=downgraded")
    assert "Godartet på nye bilder" in page.locator("tr.r").inner_text()
    if script:
        looked_at(page, accessible)
        page.locator("tr.r .act a").click()
    page.get_by_label("Hva ble det til?").fill("Vanlig time 3. februar")
    page.get_by_role("button", name="Lagre og avklar").click()
    page.get_by_text("Alle nedgraderte henvisninger er avklart.").wait_for()
    page.goto(f"{site}/referrals/{held.patient.handle}/anew/?referral={held.pk}")
    page.get_by_label("Inn i forløp").check()
    page.get_by_label("Forløp", exact=True).select_option("A01")
    page.get_by_label("Grunn").fill("Biopsien viste kreft")
    page.get_by_role("button", name="Lagre ny vurdering").click()
    page.locator(".note", has_text="Henvisningen er nå i Bryst A01").wait_for()
    assert [row.became for row in held.assessments.order_by("pk")] == ["pathway", "ordinary", "settled", "pathway"]
    if script:
        looked_at(page, accessible)
    context.close()


def test_without_javascript_the_page_after_a_deed_offers_to_undo_it(browser: Any, site: str, log_in: Any):
    from pakkeforlop.coding.models import Registration

    made = proposed("Lystig Ullgenser").patient
    context = browser.new_context(locale="nb-NO", java_script_enabled=False)
    log_in(context, "anker")
    page = context.new_page()
    page.goto(f"{site}/codes/missing/?view=proposed")
    page.locator("tr.r:has-text('Lystig Ullgenser') .act button").click()
    assert Registration.objects.filter(patient=made, code="A26S").count() == 1
    page.get_by_role("button", name="Angre A26S for Lystig Ullgenser").click()
    page.locator(".note", has_text="Angret").wait_for()
    assert Registration.objects.filter(patient=made, withdrawn=True).count() == 1
    page.goto(f"{site}/worklist/?view=missing_code&owner=all")
    page.locator("tr[data-proposed] td.fl a").first.click()
    code = page.locator("tr.open .code").first.inner_text()
    page.locator('tr.open [data-does="b"] button').click()
    before = Registration.objects.count()
    page.get_by_role("button", name=f"Angre {code} for").click()
    assert Registration.objects.count() == before + 1
    context.close()


def test_a_leader_is_told_of_an_opening_and_marks_it_as_seen(
    page: Any, context: Any, browser: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.access.models import OpeningSeen

    made = lung_patient(("A26A", 28), name="Lystig Ullgenser")
    curious = browser.new_context(locale="nb-NO")
    log_in(curious, "granne")
    stranger = curious.new_page()
    stranger.goto(f"{site}/patient/{made.handle}/")
    stranger.get_by_label("Pasienten er på vei til min enhet").check()
    stranger.get_by_label("Grunn").fill("Pasienten kommer til oss i morgen.")
    stranger.get_by_role("button", name="Åpne pasienten").click()
    stranger.get_by_role("heading", name="Lystig Ullgenser").wait_for()
    curious.close()
    log_in(context, "kompass")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{site}/worklist/")
    page.locator(".main-nav summary", has_text="1 venter").click()
    page.get_by_role("link", name="Åpnet med grunn 1 er ikke sett").first.click()
    page.get_by_text("1 åpning er ikke sett.").wait_for()
    looked_at(page, accessible)
    page.get_by_role("button", name="Merk som sett").click()
    page.get_by_text("1 åpning er merket som sett.").wait_for()
    assert OpeningSeen.objects.get().by.username == "kompass"
    page.goto(f"{site}/openings/?days=30")
    assert "Rolig Kompass, " in page.locator("table").inner_text()
    looked_at(page, accessible)


def test_one_who_must_have_two_steps_sets_up_an_app_before_the_list_is_shown(
    page: Any, site: str, settings: Any, accessible: Any, monkeypatch: pytest.MonkeyPatch
):
    from pakkeforlop.access.models import User

    now = SimpleNamespace(time=lambda: 1_700_000_000)  # a code holds for half a minute; the story is not to meet its end
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", now)
    settings.SECOND_FACTOR = frozenset({"coordinator"})
    user = User.objects.get(username="anker")
    user.set_password(PASSWORD)
    user.save()
    page.goto(f"{site}/login/")
    page.get_by_label("Brukernavn").fill("anker")
    page.get_by_label("Passord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Innloggingen din må ha to trinn").wait_for()
    looked_at(page, accessible)
    page.goto(f"{site}/worklist/")
    page.get_by_role("link", name="App med engangskode").click()
    page.get_by_label("Passord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".secret").wait_for(state="attached")
    secret = page.locator(".secret").text_content().strip()
    page.get_by_label("Kode").fill(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Gå videre").wait_for()
    looked_at(page, accessible)
    page.get_by_role("link", name="Gå videre").click()
    page.get_by_role("heading", name="Arbeidsliste").wait_for()
    accessible(page)


def test_many_users_are_searched_and_leafed_through(page: Any, context: Any, site: str, log_in: Any, accessible: Any):
    from pakkeforlop.access.models import Assignment, User

    made = User.objects.bulk_create(
        [User(username=f"b{n:03d}", display_name=f"Bruker {n:03d}") for n in range(120)]
    )
    Assignment.objects.bulk_create(
        [Assignment(user=user, role="coder", org_nr="974557746", valid_from=date(2015, 1, 1)) for user in made]
    )
    log_in(context, "nokkel")
    page.goto(f"{site}/people/")
    page.get_by_role("link", name="Neste").click()
    assert "Side 2 av 3" in page.locator(".pager").inner_text()
    looked_at(page, accessible)
    page.locator("#q").fill("koder 042")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=koder+042**")
    assert page.locator("tbody tr").count() == 1
    assert "1 passer." in page.locator(".sum").inner_text()
    looked_at(page, accessible)


@pytest.mark.parametrize("width", [720, 320])
def test_on_a_narrow_screen_everything_of_the_list_can_still_be_done(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any, width: int
):
    """720 px is a desk screen at 200 percent: filters, named views and bulk deeds are there."""
    from pakkeforlop.coordination.models import Responsibility

    log_in(context, "anker")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/worklist/")
    assert not page.locator("#f-phase").is_visible()
    page.locator("#q").focus()
    page.locator("#f-phase").select_option("workup")
    page.wait_for_url("**phase=workup**")
    assert page.locator("#f-phase").is_visible(), "a filter that is set stays in sight"
    assert set(page.locator("td.p1 .cell > span:first-child").all_inner_texts()) == {"Utredning"}
    assert too_wide(page) <= 0
    accessible(page)
    page.locator("tr.r td.nx").first.click()
    page.locator("tr.open").wait_for()
    page.locator("tr.sel .mark").check()
    page.locator("#bulk.on").wait_for()
    assert too_wide(page) <= 0
    accessible(page)
    page.locator("#bulk-owner").select_option(label="Varm Lykt")
    page.locator("#bulk .give button").click()
    page.locator(".note", has_text="Varm Lykt har nå ansvaret.").wait_for()
    assert Responsibility.objects.filter(owner__username="lykt").count() == 1
    page.get_by_text("Lagre denne visningen").click()
    page.get_by_label("Navn på visningen").fill("Utredning")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.locator(".views a", has_text="Utredning").wait_for()
    assert too_wide(page) <= 0
    accessible(page)


def test_a_proposed_code_on_the_patients_page_by_one_key(
    page: Any, context: Any, site: str, log_in: Any, accessible: Any
):
    from pakkeforlop.coding.models import Registration

    one = proposed("Lystig Ullgenser")
    log_in(context, "penn")
    page.goto(f"{site}/patient/{one.patient.handle}/")
    page.locator(".proposed").wait_for()
    page.wait_for_load_state("load")
    looked_at(page, accessible)
    page.keyboard.press("b")
    page.locator("#undo").wait_for()
    assert Registration.objects.filter(patient=one.patient, code="A26S").count() == 1
    page.wait_for_load_state("load")  # the keys act once the page's script has run
    page.keyboard.press("z")
    page.wait_for_function("() => document.querySelector('.regs del') !== null")
    assert Registration.objects.filter(patient=one.patient, withdrawn=True).count() == 1
