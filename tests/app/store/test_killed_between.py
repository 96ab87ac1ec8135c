"""Killed (SIGKILL) between an event and its proposal, and between sending and receiving: nothing lost, nothing double."""

from __future__ import annotations

import json

import pytest

from app.store.processes import Store, write

pytestmark = [pytest.mark.slow]

HERE, THERE = "974557746", "974703300"
STATE = """
import json
from pakkeforlop.coding.models import ActionKey, Registration
from pakkeforlop.access.models import Event
from pakkeforlop.coordination.models import ClinicalEvent, ExpectedAnswer, Proposal, Transfer, WorklistRow
print(json.dumps(dict(
    events=ClinicalEvent.objects.count(), proposals=sorted(Proposal.objects.values_list("code", "state")),
    answers=ExpectedAnswer.objects.filter(received_at__isnull=False).count(),
    codes=sorted(Registration.objects.values_list("code", "institution")),
    transfers=list(Transfer.objects.values_list("state", "sender", "receiver")),
    hospital=sorted(WorklistRow.objects.filter(closed=False).values_list("hospital", flat=True)),
    keys=ActionKey.objects.count(), log=Event.objects.filter(what__startswith="transfer.").count(),
)))
"""
LOADING = """
import csv, os, signal, sys
from pakkeforlop.cli.application import moment
from pakkeforlop.coordination import rows, settling
from pakkeforlop.coordination.actions import answers, load
from pakkeforlop.coordination.models import Proposal
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
when = sys.argv[2]
if when == "before_proposals":
    load.listed.refresh = kill
elif when == "after_proposals":
    plain = rows.settle
    rows.settle = lambda *a, **k: (plain(*a, **k), kill())
at, day = moment()
with open(sys.argv[1]) as file:
    done = load.load("events", csv.DictReader(file), on=day, at=at)
print(done.new, done.changed, done.same, len(done.refused), flush=True)
if when == "acknowledged":
    kill()
"""
MOVING = """
import os, signal, sys
from pakkeforlop.cli.application import moment
from pakkeforlop.access.models import Assignment, User
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes, transfers
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.models import Transfer
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
what, when = sys.argv[1:3]
at, day = moment()
unit = {"send": "%(here)s", "accept": "%(there)s"}[what]
user, _ = User.objects.get_or_create(username=what, defaults={"display_name": what})
Assignment.objects.get_or_create(user=user, role="coordinator", org_nr=unit, valid_from="2015-01-01")
patient, _ = Patient.objects.get_or_create(source_id="p", defaults={"told": True})
if when == "before_code":
    codes.register_code = transfers.codes.register_code = kill
elif when == "after_code":
    transfers.record = kill
deed = Deed(user, at, day, what)
if what == "send":
    transfers.send(patient=patient, pathway="A26", sender=unit, receiver="%(there)s", letter="", deed=deed)
else:
    transfers.accept(transfer=Transfer.objects.get(), deed=deed)
print("done", flush=True)
if when == "acknowledged":
    kill()
""" % {"here": HERE, "there": THERE}  # noqa: UP031 the program has braces of its own
START = """
from datetime import date
from pakkeforlop.cli.application import moment
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes
at, day = moment()
patient, _ = Patient.objects.get_or_create(source_id="p", defaults={"told": True})
for code, when in (("A26A", date(2024, 3, 1)), ("A26S", date(2024, 3, 8))):
    codes.register_code(patient=patient, code=code, event_date=when, institution="%s", by=None, at=at, key="", revision=None)
""" % HERE  # noqa: UP031
EVENTS = [
    {"event_id": f"e{n}", "patient_id": f"p{n}", "kind": "referral", "at": "2024-03-04T10:00", "institution": HERE, "pathway": "A26", "finding": "marked"}
    for n in range(30)
]  # fmt: skip


def state(store: Store) -> dict:
    return json.loads(store.ask(STATE))


@pytest.mark.parametrize("when", ["before_proposals", "after_proposals"])
def test_killed_between_event_and_proposal_leaves_neither_and_the_next_load_brings_both(own_store: Store, when: str):
    file = write(own_store.folder / "events.csv", EVENTS)
    running = own_store.python(LOADING, str(file), when)
    assert running.wait(120) == -9
    found = state(own_store)
    assert (found["events"], found["proposals"]) == (0, [])
    told = json.loads(own_store.run("import", "--events", str(file), "--json"))[0]
    assert (told["new"], told["refused"]) == (30, 0)
    whole = state(own_store)
    assert (whole["events"], whole["proposals"]) == (30, [["A26A", "open"]] * 30)
    told = json.loads(own_store.run("import", "--events", str(file), "--json"))[0]
    assert (told["new"], told["changed"], told["same"]) == (0, 0, 30)
    assert state(own_store) == whole


def test_events_that_were_acknowledged_stand_with_their_proposals(own_store: Store):
    file = write(own_store.folder / "events.csv", EVENTS)
    running = own_store.python(LOADING, str(file), "acknowledged")
    assert running.wait(120) == -9
    assert running.communicate()[0] == "30 0 0 0\n"
    found = state(own_store)
    assert (found["events"], found["proposals"]) == (30, [["A26A", "open"]] * 30)


@pytest.mark.parametrize("when", ["before_code", "after_code"])
def test_killed_while_sending_or_receiving_leaves_the_step_undone_and_it_is_done_once(own_store: Store, when: str):
    own_store.ask(START)
    before = state(own_store)
    assert own_store.python(MOVING, "send", when).wait(120) == -9
    assert state(own_store) == before
    own_store.ask(MOVING, "send", "never")
    own_store.ask(MOVING, "send", "never")
    sent = state(own_store)
    assert sent["transfers"] == [["sent", HERE, THERE]]
    assert sent["codes"] == [["A26A", HERE], ["A26O", HERE], ["A26S", HERE]]
    assert sent["hospital"] == [HERE]
    assert own_store.python(MOVING, "accept", when).wait(120) == -9
    assert state(own_store) == sent
    own_store.ask(MOVING, "accept", "never")
    own_store.ask(MOVING, "accept", "never")
    done = state(own_store)
    assert done["transfers"] == [["accepted", HERE, THERE]]
    assert done["codes"] == sorted([*sent["codes"], ["A26A", THERE]])
    assert (done["hospital"], done["log"]) == ([THERE], 2)


def test_what_was_sent_and_acknowledged_is_there_after_the_kill(own_store: Store):
    own_store.ask(START)
    for what, state_of in (("send", "sent"), ("accept", "accepted")):
        running = own_store.python(MOVING, what, "acknowledged")
        assert running.wait(120) == -9
        assert running.communicate()[0] == "done\n"
        assert state(own_store)["transfers"] == [[state_of, HERE, THERE]]
    own_store.ask(MOVING, "send", "never")
    assert len(state(own_store)["transfers"]) == 1
