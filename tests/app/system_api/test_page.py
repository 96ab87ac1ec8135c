"""The administrator's page of other systems: keys made, shown once, ended; only of one's own units."""

import re

import pytest

from app.access.people import BERGEN, STAVANGER, client_for
from app.system_api.asking import ask, key_for
from pakkeforlop.access.models import SystemKey, User

pytestmark = pytest.mark.django_db
FORM = {"system": "laboratoriet", "display_name": "Laboratoriet", "org_nr": STAVANGER, "scope_worklist_read": "1"}


def test_a_key_is_made_shown_once_and_works(client):
    administrator = client_for(("administrator", STAVANGER))
    page = administrator.post("/systems/", FORM).content.decode()
    (key,) = re.findall(r"pf_[0-9a-f]{12}_[\w-]{43}", page)
    assert ask(client, key, "/worklist")[0].status_code == 200
    again = administrator.get("/systems/").content.decode()
    assert key not in again
    assert "Laboratoriet" in again
    assert "1 nøkkel i bruk" in again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"org_nr": BERGEN}, "Enheten er utenfor dine egne."),
        ({"org_nr": ""}, "Velg en enhet."),
        ({"scope_worklist_read": ""}, "Velg minst én ting nøkkelen skal kunne."),
        ({"expires_on": "i morgen"}, "Skriv datoen som 21.01.2023."),
        ({"expires_on": "14.03.2024"}, "Siste dag er før i dag."),
        ({"system": "Ø"}, "Bruk små bokstaver"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(change, said):
    answer = client_for(("administrator", STAVANGER)).post("/systems/", {**FORM, **change})
    assert said in answer.content.decode()
    assert SystemKey.objects.count() == 0


def test_a_key_of_others_units_is_neither_seen_nor_ended(client):
    key_for("worklist.read", org_nr=BERGEN, system="bergen")
    administrator = client_for(("administrator", STAVANGER))
    assert "bergen" not in administrator.get("/systems/").content.decode()
    number = SystemKey.objects.get().number
    assert administrator.post("/systems/end/", {"key": number}).status_code == 404
    assert SystemKey.objects.get().ended_at is None


def test_a_key_is_ended(client):
    key = key_for("worklist.read")
    administrator = client_for(("administrator", STAVANGER))
    administrator.post("/systems/end/", {"key": SystemKey.objects.get().number})
    assert ask(client, key, "/worklist")[0].status_code == 401
    assert "avsluttet" in administrator.get("/systems/").content.decode()


def test_a_system_is_no_user_that_could_be_given_a_password():
    key_for("worklist.read")
    administrator = client_for(("administrator", STAVANGER))
    assert "Laboratoriet" not in administrator.get("/people/").content.decode()
    system = User.objects.get(is_system=True)
    assert administrator.post(f"/people/{system.pk}/login/").status_code == 404


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_is_there_in_three_languages(language):
    key_for("worklist.read")
    client = client_for(("administrator", STAVANGER))
    User.objects.filter(pk=client.user.pk).update(language=language)
    assert f'<html lang="{language}"' in client.get("/systems/").content.decode()
