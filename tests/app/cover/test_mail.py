"""Reminders by e-mail through a real SMTP server: sent once, tried again when it fails, and no patient in them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.access.people import BERGEN, client_for
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes, outgoing
from pakkeforlop.coordination.models import MailAddress, Outgoing, Task

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 20)
NOW = datetime(2022, 1, 20, 7, tzinfo=ZoneInfo("Europe/Oslo"))


class PostOffice(threading.Thread):
    """A small SMTP server on loopback that keeps what it is given; `full` makes it refuse."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.letters: list[Any] = []
        self.full = False

    def run(self) -> None:
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            with caller, caller.makefile("rwb") as line:
                self._serve(line)

    def _serve(self, line: Any) -> None:
        def say(text: str) -> None:
            line.write(f"{text}\r\n".encode())
            line.flush()

        say("220 post office")
        for raw in line:
            verb = raw[:4].upper().strip()
            if verb == b"DATA":
                say("354 go on")
                parts = []
                for each in line:
                    if each == b".\r\n":
                        break
                    parts.append(each.removeprefix(b".") if each.startswith(b"..") else each)
                self.letters.append(message_from_bytes(b"".join(parts), policy=policy.default))
                say("250 taken")
            elif verb == b"MAIL" and self.full:
                say("452 no room")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    office = PostOffice()
    office.start()
    settings.TODAY = TODAY.isoformat()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", office.port, False
    settings.MAIL_READY, settings.ADDRESS = True, "https://pakkeforlop.sykehuset.example"
    yield office
    office.door.close()


@pytest.fixture
def busy(db: None, settings: Any) -> Any:
    """A coordinator with an address, a late task and an answer for today."""
    settings.TODAY = TODAY.isoformat()
    client = client_for(("coordinator", BERGEN), username="anker")
    who = Patient.objects.create(source_id="p1", told=True, name="Lun Krukke", national_number="10858399967", birth_date=date(1983, 5, 10))
    codes.register_code(patient=who, code="A12A", event_date=date(2022, 1, 10), institution=BERGEN, by=None, at=NOW, key="", revision=None)
    Task.objects.create(patient=who, pathway="A12", text="Ring Lun Krukke", owner=client.user, due=date(2022, 1, 19), made_at=NOW)
    client.post(f"/tasks/{who.handle}/new/", {"pathway": "A12", "kind": "call", "day": "2022-01-20", "text": "Krukke", "key": "k"})
    client.post("/tasks/address/", {"address": "anker@sykehuset.example"})
    return client


def test_a_reminder_is_sent_once_a_day_and_names_no_patient(busy: Any, post_office: PostOffice, settings: Any):
    settings.TODAY = TODAY.isoformat()
    assert outgoing.remind(on=TODAY, at=NOW) == 1
    assert outgoing.send_waiting(at=NOW) == (1, 0)
    assert outgoing.remind(on=TODAY, at=NOW) == 0
    assert outgoing.send_waiting(at=NOW) == (0, 0)
    (letter,) = post_office.letters
    text = letter.get_content()
    assert letter["To"] == "anker@sykehuset.example"
    assert "Oppgaver for i dag eller før: 1." in text
    assert "Svar som skulle vært her i dag eller før: 1." in text
    assert "https://pakkeforlop.sykehuset.example/tasks/" in text
    whole = letter.as_string()
    assert not any(word in whole for word in ("Krukke", "Lun", "10858399967", "1983", "A12", "Haukeland"))
    assert Outgoing.objects.get().state == "sent"


def test_a_full_server_is_tried_again_as_the_same_message_and_given_up_after_five(busy: Any, post_office: PostOffice):
    outgoing.remind(on=TODAY, at=NOW)
    post_office.full = True
    assert outgoing.send_waiting(at=NOW) == (0, 1)
    waiting = Outgoing.objects.get()
    assert (waiting.state, waiting.tries) == ("waiting", 1)
    assert "452" in waiting.fault
    post_office.full = False
    assert outgoing.send_waiting(at=NOW) == (1, 0)
    name = post_office.letters[0]["Message-ID"]
    assert name == f"<{Outgoing.objects.get().key.replace(':', '.')}@localhost>"
    Outgoing.objects.update(state="waiting", tries=0)
    post_office.full = True
    assert [outgoing.send_waiting(at=NOW) for _ in range(6)] == [(0, 1)] * 5 + [(0, 0)]
    assert Outgoing.objects.get().state == "failed"


def test_without_a_server_messages_wait(busy: Any, settings: Any):
    settings.TODAY, settings.MAIL_READY = TODAY.isoformat(), False
    outgoing.remind(on=TODAY, at=NOW)
    assert outgoing.send_waiting(at=NOW) == (0, 0)
    assert Outgoing.objects.get().state == "waiting"


def test_an_address_is_checked_and_taken_away(busy: Any):
    assert "er ingen e-postadresse" in busy.post("/tasks/address/", {"address": "anker"}, follow=True).content.decode()
    assert MailAddress.objects.get().address == "anker@sykehuset.example"
    busy.post("/tasks/address/", {"address": ""})
    assert not MailAddress.objects.exists()


@pytest.mark.parametrize(
    ("mail", "wanted"),
    [
        ("smtp://kari:hemmelig%40@post.sykehuset.no:2525", ("smtp", "post.sykehuset.no", 2525, "kari", "hemmelig@", True, False)),
        ("smtps://post.sykehuset.no", ("smtp", "post.sykehuset.no", 465, "", "", False, True)),
        ("smtp://localhost?tls=no", ("smtp", "localhost", 587, "", "", False, False)),
        ("", ("console", "localhost", 587, "", "", False, False)),
    ],
)
def test_the_mail_server_is_named_by_one_variable(mail: str, wanted: Any, tmp_path: Any):
    import json
    import os
    import subprocess
    import sys

    asked = (
        "import json; from pakkeforlop.config import settings as s; print(json.dumps([s.EMAIL_BACKEND.split('.')[-2], "
        "s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL]))"
    )
    environment = {**os.environ, "PAKKEFORLOP_MAIL": mail, "PAKKEFORLOP_HOME": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert tuple(json.loads(told.stdout)) == wanted


def test_word_of_a_list_handed_over_goes_at_once_and_waits_where_it_cannot(
    busy: Any, post_office: PostOffice, django_capture_on_commit_callbacks: Any
):
    deputy = client_for(("coordinator", BERGEN), username="lykt")
    deputy.post("/tasks/address/", {"address": "lykt@sykehuset.example"})
    asked = {"deputy": deputy.user.pk, "first_day": "2022-01-20", "last_day": "2022-01-20"}
    with django_capture_on_commit_callbacks(execute=True):
        busy.post("/cover/", {**asked, "key": "one"})
    (letter,) = post_office.letters
    assert letter["To"] == "lykt@sykehuset.example"
    assert "Prøve anker har overlevert listen sin" in letter.get_content()
    assert Outgoing.objects.get(kind="cover").state == "sent"
    post_office.full = True
    with django_capture_on_commit_callbacks(execute=True):
        busy.post("/cover/", {**asked, "first_day": "2022-01-24", "last_day": "2022-01-24", "key": "two"})
    assert [one.state for one in Outgoing.objects.filter(kind="cover").order_by("pk")] == ["sent", "waiting"]
