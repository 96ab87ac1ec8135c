"""An onward referral: its codes are shown, and registered only as a person has confirmed them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from app.access.people import client_for
from app.reporting.conftest import person
from app.work.filling import HAUKELAND
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Registration
from pakkeforlop.episodes.models import Episode
from pakkeforlop.reporting.models import OnwardReferral
from unit.exchange.referral.conftest import referral

pytestmark = pytest.mark.django_db
FORDE = "983974732"
"""The trust that the referral comes from."""


@pytest.fixture
def patient() -> Any:
    return person("Lystig Ullgenser", "12055612344")


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def take(client: Any, content: str) -> Any:
    return client.post("/onward/take/", {"hospital": HAUKELAND, "file": SimpleUploadedFile("h.xml", content.encode())})


def entered(client: Any) -> tuple[str, OnwardReferral]:
    where = take(client, referral())["Location"]
    return where, OnwardReferral.objects.get()


def test_codes_are_shown_with_the_words_they_came_with(patient: Any):
    client = client_for(("coordinator", HAUKELAND))
    where, _ = entered(client)
    page = text(client.get(where))
    assert "«Henvisning mottatt: 16.12.2021»" in page
    assert 'value="16.12.2021"' in page
    assert 'value="27.12.2021"' in page
    assert "1 kode har ingen sikker dato." in page
    assert "ingen dato i merknaden" in page
    assert "Ansiennitetsdato: 16.12.2021" in page
    assert not Registration.objects.exists()
    assert "1 venter på bekreftelse." in text(client.get("/onward/"))
    assert "Helse Førde HF" in text(client.get("/referrals/"))  # where one's own start is registered


def test_what_is_confirmed_is_registered_at_the_sender(patient: Any):
    """Two of three; the time runs from the start at the other trust; the person is on the log."""
    client = client_for(("coordinator", HAUKELAND))
    where, one = entered(client)
    assert f'<option value="{FORDE}" selected>' in client.get(where).content.decode()
    form = {"referral": one.pk, "institution": FORDE, "take-0": "1", "day-0": "16.12.2021", "take-1": "1", "day-1": "27.12.2021"}
    done = client.post(f"/onward/{patient.handle}/confirm/", form)
    assert done.status_code == 302
    rows = Registration.objects.order_by("event_date").values_list("code", "event_date", "institution", "source", "registered_by")
    assert list(rows) == [
        ("A26A", date(2021, 12, 16), FORDE, "henvisning", client.user.pk), ("A26S", date(2021, 12, 27), FORDE, "henvisning", client.user.pk),
    ]  # fmt: skip
    episode = Episode.objects.get()
    assert (episode.start_date, episode.trust, episode.of1_days) == (date(2021, 12, 16), FORDE, 11)
    assert Event.objects.filter(what="onward.confirmed", patient_id=patient.pk).count() == 1
    assert "Ingen venter." in text(client.get("/onward/"))
    client.post(f"/onward/{patient.handle}/confirm/", form)
    assert Registration.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"day-2": "", "take-2": "1"}, "A26CK mangler en dato"),
        ({"institution": ""}, "Velg hvor hendelsene skjedde"),
        ({"day-0": "16.12.2031"}, "er ikke kommet ennå"),
    ],
)
def test_nothing_is_registered_before_all_is_said(patient: Any, change: dict[str, str], told: str):
    client = client_for(("coordinator", HAUKELAND))
    _, one = entered(client)
    form = {"referral": one.pk, "institution": FORDE, "take-0": "1", "day-0": "16.12.2021"} | change
    assert told in text(client.post(f"/onward/{patient.handle}/confirm/", form))
    assert not Registration.objects.exists()
    assert OnwardReferral.objects.get().settled_at is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (referral().replace("12055612344", "01010112345"), "finnes ikke her ennå"),
        (referral([]), "ingen koder for pakkeforløp"),
        ("tull", "h.xml"),
    ],
)
def test_what_cannot_be_taken_in_is_told(patient: Any, content: str, told: str):
    client = client_for(("coordinator", HAUKELAND))
    take(client, content)
    assert told in text(client.get("/onward/"))
    assert not OnwardReferral.objects.exists()


def test_the_same_referral_is_taken_once(patient: Any):
    client = client_for(("coordinator", HAUKELAND))
    take(client, referral())
    take(client, referral())
    assert "lest inn før" in text(client.get("/onward/"))
    assert OnwardReferral.objects.count() == 1


def test_the_part_for_ones_own_onward_referral(patient: Any):
    client = client_for(("coordinator", HAUKELAND))
    _, one = entered(client)
    form = {"referral": one.pk, "institution": FORDE, "take-0": "1", "day-0": "16.12.2021"}
    client.post(f"/onward/{patient.handle}/confirm/", form)
    content = client.get(f"/onward/{patient.handle}/write/?pathway=A26").content.decode()
    assert 'V="A26A"' in content
    assert "16.12.2021</Merknad>" in content
    assert 'V="PK"' in content
    assert Event.objects.filter(kind="exported", what="onward_write", patient_id=patient.pk).exists()
