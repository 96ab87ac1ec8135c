"""Stories of getting in: a password, a passkey, a patient of another hospital, an administrator's day. Each ends with axe."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pakkeforlop.access.models import Opening, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "syv-kloke-elger-spiser"
SIZES = [(1440, 900), (390, 800), (320, 640)]
PAGES = {
    "kompass": [
        "/directory/",
        "/directory/add/",
        "/directory/1/",
        "/openings/",
        "/log/",
        "/login/factors/",
        "/nothing/",
    ],
    "nokkel": ["/people/", "/people/add/", "/people/1/", "/directory/", "/login/password/", "/logout/"],
}


def with_password(username):
    user = User.objects.get(username=username)
    user.set_password(PASSWORD)
    user.save()


def no_sideways_scroll(page):
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url


def test_a_coordinator_logs_in_with_a_password_by_keyboard(site: str, page: Any, accessible: Any):
    with_password("anker")
    page.goto(f"{site}/login/")
    page.get_by_label("Brukernavn").focus()
    page.keyboard.type("anker")
    page.keyboard.press("Tab")
    page.keyboard.type("feil")
    page.keyboard.press("Enter")
    page.get_by_text("Brukernavn og passord passer ikke sammen.").wait_for()
    accessible(page)
    page.get_by_label("Passord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/worklist/")
    page.get_by_text("Stødig Anker, forløpskoordinator").first.click()
    page.get_by_role("button", name="Logg ut").first.click()
    page.wait_for_url(f"{site}/login/")
    assert page.outside == []


def test_a_passkey_is_added_and_logs_in_under_the_strict_policy(site: str, page: Any, accessible: Any):
    """A key that the browser pretends to have (WebAuthn by the devtools), with a touch and a face it always gives."""
    here = site.replace("127.0.0.1", "localhost")  # passkeys belong to a name, not to a number
    faults = []
    page.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    with_password("anker")
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{here}/login/")
    page.get_by_label("Brukernavn").fill("anker")
    page.get_by_label("Passord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{here}/worklist/")
    page.goto(f"{here}/login/passkeys/add/")
    page.get_by_label("Passord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{here}/login/passkeys/add/")
    accessible(page)
    page.get_by_label("Navn").fill("Kontoret")
    page.get_by_role("button", name="Legg til passnøkkel").click()
    page.wait_for_url(f"{here}/login/recovery/")
    assert page.locator(".codes li").count() == 10
    page.goto(f"{here}/login/passkeys/")
    page.get_by_text("Kontoret").wait_for()
    accessible(page)
    page.goto(f"{here}/logout/")
    page.locator("main").get_by_role("button", name="Logg ut").click()
    page.wait_for_url(f"{here}/login/")
    page.get_by_role("button", name="Bruk passnøkkel").click()
    page.wait_for_url(f"{here}/worklist/")
    assert faults == []


def test_a_patient_of_another_hospital_is_opened_with_a_reason_and_the_leader_sees_it(
    site: str, context: Any, page: Any, log_in: Any, accessible: Any
):
    from app.access.wards import patient_at

    patient = patient_at("974703300", "A12", name="Fjern Fjellvegg")
    log_in(context, "kompass")
    page.goto(f"{site}/log/{patient.handle}/")
    page.get_by_role("heading", name="Pasienten hører til en annen enhet").wait_for()
    assert "Fjellvegg" not in page.content()
    accessible(page)
    page.get_by_label("Pasienten er på vei til min enhet").check()
    page.get_by_label("Grunn").fill("Kort")
    page.get_by_role("button", name="Åpne pasienten").click()
    page.get_by_text("Skriv minst 10 tegn").wait_for()
    accessible(page)
    page.get_by_label("Grunn").fill("Henvist til oss for operasjon, MDT er på fredag.")
    page.get_by_role("button", name="Åpne pasienten").click()
    page.wait_for_url(f"{site}/log/{patient.handle}/")
    page.get_by_role("heading", name="Loggen til Fjern Fjellvegg").wait_for()
    page.get_by_text("Henvist til oss for operasjon").first.wait_for()
    accessible(page)
    assert Opening.objects.get().user.username == "kompass"


def test_a_search_without_a_row_goes_on_beyond_the_list_by_keyboard_and_asks_why(
    site: str, context: Any, page: Any, log_in: Any, accessible: Any
):
    """A patient of another hospital phones: the number is typed once, into the list's own search."""
    from app.access.wards import patient_at
    from pakkeforlop.coding.models import Patient
    from pakkeforlop.coordination.actions import codes

    patient = patient_at("974703300", "A12", name="Fjern Fjellvegg")
    patient.national_number = "15076500565"
    patient.save()
    for name in ("Rank Brostein", "Lang Bokhylle"):
        own = Patient.objects.create(source_id=name, name=name, told=True, birth_date=date(1950, 1, 1))
        codes.register_code(
            patient=own, code="A12A", event_date=date(2022, 1, 10), institution="974557746", by=None,
            at=datetime(2022, 1, 19, 9, tzinfo=UTC), key="", revision=None,
        )  # fmt: skip
    log_in(context, "anker")
    page.goto(f"{site}/worklist/")
    page.keyboard.press("/")
    page.keyboard.type("15076500565")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Finn «15076500565» utenfor lista").press("Enter")
    page.get_by_role("heading", name="Pasienten hører til en annen enhet").wait_for()
    assert "15076500565" not in page.url
    assert "Fjellvegg" not in page.content()
    accessible(page)
    page.goto(f"{site}/find/")
    page.keyboard.type("an")  # the field has the focus
    page.keyboard.press("Enter")
    page.get_by_text("pasienter passer.").wait_for()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        no_sideways_scroll(page)
        accessible(page)
    page.get_by_role("rowheader").first.get_by_role("link").press("Enter")
    page.wait_for_url(f"{site}/patient/*/")
    assert page.outside == []


def test_an_administrator_adds_a_coder_without_javascript(site: str, browser: Any, log_in: Any):
    context = browser.new_context(java_script_enabled=False, locale="nb-NO")
    log_in(context, "nokkel")
    page = context.new_page()
    page.goto(f"{site}/people/")
    page.get_by_role("link", name="Legg til bruker").click()
    page.get_by_label("Navn", exact=True).fill("Flink Fyllepenn")
    page.get_by_label("Brukernavn").fill("fyllepenn")
    page.get_by_role("button", name="Legg til bruker").click()
    page.get_by_text("Første passord:").wait_for()
    page.get_by_label("Rolle").select_option(label="koder")
    page.get_by_label("Enhet").select_option(label="Haukeland universitetssjukehus")
    page.get_by_role("button", name="Legg til oppgaven").click()
    page.get_by_text("Oppgaven er lagt til.").wait_for()
    page.get_by_role("rowheader", name="koder").wait_for()
    page.get_by_role("button", name="Avslutt").click()
    page.get_by_text("Oppgaven er avsluttet").wait_for()
    context.close()


def test_the_menu_of_a_phone_opens_without_javascript(site: str, browser: Any, log_in: Any):
    context = browser.new_context(java_script_enabled=False, locale="nb-NO", viewport={"width": 320, "height": 640})
    log_in(context, "kompass")
    page = context.new_page()
    page.goto(f"{site}/directory/")
    page.get_by_text("Meny", exact=True).click()
    page.get_by_role("link", name="Åpnet med grunn").click()
    page.get_by_role("heading", name="Åpnet med grunn").wait_for()
    page.get_by_text("Meny", exact=True).click()
    page.get_by_role("button", name="Nynorsk").last.click()
    page.get_by_role("heading", name="Opna med grunn").wait_for()
    context.close()


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_is_accessible_and_fits_on_desk_and_phone(
    site: str, context: Any, log_in: Any, accessible: Any, who: str
):
    log_in(context, who)
    page = context.new_page()
    for address in PAGES[who]:
        page.goto(site + address.replace("/1/", f"/{_first(address)}/"))
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            no_sideways_scroll(page)
            accessible(page)


def test_the_login_page_of_the_demo(site: str, page: Any, settings: Any, accessible: Any):
    settings.DEMO = True
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site}/login/")
        no_sideways_scroll(page)
        accessible(page)
    page.get_by_role("button", name="Stødig Anker").click()
    page.wait_for_url(f"{site}/worklist/")


def _first(address: str) -> int:
    """The number of the first row of what the page is about; numbers do not begin at 1 in every store."""
    from pakkeforlop.access.models import Post

    rows = Post.objects if address.startswith("/directory") else User.objects
    return rows.order_by("pk").first().pk
