"""The server or a load is killed (SIGKILL) in the middle: the store is whole, and the work goes on without doubles."""

from __future__ import annotations

import json
import time

import pytest

from app.store.processes import Store, rows, write

pytestmark = [pytest.mark.slow]

STATE = """
import json
from pakkeforlop.coding.models import ImportBatch, Patient, Registration
from pakkeforlop.episodes.models import Episode, EpisodeMessage
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import ActionKey
told = dict(
    patients=Patient.objects.count(), registrations=Registration.objects.count(), episodes=Episode.objects.count(),
    messages=EpisodeMessage.objects.count(), rows=WorklistRow.objects.count(), events=Event.objects.count(),
    keys=ActionKey.objects.count(), revisions=sum(Patient.objects.values_list("revision", flat=True)),
    batch=list(ImportBatch.objects.values_list("state", "position", "new", "same")),
)
print(json.dumps(told))
"""
WHOLE = """
from datetime import date
from pakkeforlop.coding.models import Patient
from pakkeforlop.episodes import store
from pakkeforlop.episodes.models import Episode, EpisodeMessage
def told():
    return (sorted(Episode.objects.values_list("episode_id", "end", "messages")),
            sorted(EpisodeMessage.objects.values_list("registration_id", "number")))
before = told()
store.relink(Patient.objects.values_list("pk", flat=True), as_of=date(2024, 3, 15))
assert told() == before, "episodes do not fit the registrations"
"""
SAVING = """
import os, signal, sys, threading
from datetime import date
from django.utils import timezone
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes
from pakkeforlop.episodes import store
store.engine()
patient, _ = Patient.objects.get_or_create(source_id="p", defaults={"told": True})
moment = sys.argv[1]
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "appended":
    codes.store.relink_one = kill
elif moment == "logged":
    plain = codes._log
    codes._log = lambda *a: (plain(*a), kill())
now = timezone.now().replace(year=2024, month=3, day=15)
codes.register_code(patient=patient, code="A26A", event_date=date(2024, 3, 1), institution="974557746", by=None, at=now,
                    key="one", revision=0)
print("saved", flush=True)
if moment == "acknowledged":
    kill()
"""


def state(store: Store) -> dict:
    return json.loads(store.ask(STATE))


@pytest.mark.parametrize("moment", ["appended", "logged"])
def test_killed_during_a_save_leaves_nothing_of_it(own_store: Store, moment: str):
    running = own_store.python(SAVING, moment)
    assert running.wait(120) == -9
    assert running.communicate()[0] == ""
    found = state(own_store)
    assert {name: found[name] for name in ("registrations", "episodes", "rows", "events", "keys", "revisions")} == {
        "registrations": 0, "episodes": 0, "rows": 0, "events": 0, "keys": 0, "revisions": 0,
    }  # fmt: skip
    own_store.ask(SAVING, "never")
    assert state(own_store)["registrations"] == 1


def test_what_was_acknowledged_is_there_after_the_kill_and_the_same_form_adds_nothing(own_store: Store):
    running = own_store.python(SAVING, "acknowledged")
    assert running.wait(120) == -9
    assert running.communicate()[0] == "saved\n"
    found = state(own_store)
    assert (found["registrations"], found["episodes"], found["rows"], found["keys"]) == (1, 1, 1, 1)
    own_store.ask(SAVING, "never")
    assert state(own_store) == found


def test_a_killed_load_goes_on_where_it_was(own_store: Store):
    """Killed as soon as the first piece stands: what stands is whole, the next load does the rest, a third nothing."""
    file = write(own_store.folder / "codes.csv", rows(12_000))
    running = own_store.command("import", str(file), "--quiet")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        if state(own_store)["registrations"]:
            break
    running.kill()
    assert running.wait(60) == -9
    found = state(own_store)
    assert 0 < found["registrations"] < 48_000
    assert found["batch"] == [["running", found["registrations"], found["registrations"], 0]]
    assert found["episodes"] == found["patients"] == found["registrations"] // 4
    own_store.ask(WHOLE)
    told = json.loads(own_store.run("import", str(file), "--json"))[0]
    assert (told["new"], told["same"]) == (48_000, 0)
    whole = state(own_store)
    assert (whole["registrations"], whole["episodes"], whole["patients"]) == (48_000, 12_000, 12_000)
    told = json.loads(own_store.run("import", str(file), "--json"))[0]
    assert (told["new"], told["changed"], told["same"]) == (0, 0, 48_000)
    assert state(own_store)["registrations"] == 48_000
