"""Real processes on both databases: a batch is killed and sent again; a reader of changes misses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from app.store.processes import Store

pytestmark = pytest.mark.slow

READY = """
import json, os, signal, sys, time
from datetime import date
from django.test import Client
from django.utils import timezone
from pakkeforlop.access.actions.systems import make_key
from pakkeforlop.access.models import SystemKey, User
from pakkeforlop.access.systems import Scope
now = timezone.now().replace(year=2024, month=3, day=15)
def ask(key, path, body=None, name="one"):
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {key}", "Idempotency-Key": name})
    path = f"/api/system/v1{path}"
    answer = client.get(path) if body is None else client.post(path, json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()
"""
KEY = READY + """
print(make_key(system="lab", display_name="Lab", scopes=[s.value for s in Scope], org_nr="974557746", pathway="",
               expires_on=None, by=None, on=date(2015, 1, 1), at=now))
"""
BRING = READY + """
from pakkeforlop.web.system_api import registrations
key, dies = sys.argv[1], int(sys.argv[2])
plain, done = registrations._row, []
def row(*a):
    if dies and len(done) == dies:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(1)
    return plain(*a)
registrations._row = row
if not dies:
    from pakkeforlop.access.models import SystemAnswer
    from datetime import timedelta
    for answer in SystemAnswer.objects.all():
        SystemAnswer.objects.filter(pk=answer.pk).update(at=answer.at - timedelta(hours=1))
rows = [dict(patient_id=f"p{n}", code="A26A", event_date="2024-03-01", institution="974557746") for n in range(6)]
told = ask(key, "/registrations", {"rows": rows})
from pakkeforlop.coding.models import Registration, Patient
print(json.dumps([told["taken"], Registration.objects.count(), Patient.objects.count()]))
"""


def test_a_batch_that_was_killed_is_sent_again_without_doubles(own_store: Store):
    key = own_store.ask(KEY)
    running = own_store.python(BRING, key, "4")
    assert running.wait(120) == -9
    running.communicate()
    assert json.loads(own_store.ask(BRING, key, "0")) == [6, 6, 6]


SLOW_WRITER = READY + """
from django.db import transaction
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions.codes import register_code
patient, _ = Patient.objects.get_or_create(source_id=sys.argv[1])
with transaction.atomic():
    register_code(patient=patient, code="A26A", event_date=date(2024, 3, 1), institution="974557746", by=None, at=now,
                  key=sys.argv[1], revision=None)
    print("written", flush=True)
    sys.stdin.readline() if sys.argv[2] == "wait" else None
print("committed", flush=True)
"""
CHANGES = READY + """
told = ask(sys.argv[1], f"/changes?after={sys.argv[2]}")
print(json.dumps([[one["patient_id"] for one in told["changes"]], told["next"]]))
"""


def talking(store: Store, program: str, *arguments: str) -> Any:
    """A process that goes on when a line is written to it."""
    return subprocess.Popen(
        [sys.executable, "-c", "import django; django.setup()\n" + program, *arguments], text=True,
        env=store.environment, cwd=store.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def test_a_change_that_is_written_first_and_kept_last_is_not_missed(own_store: Store):
    """Two writers: the one with the lower number ends last. The reader waits for it, and then gets both in order."""
    if not own_store.environment.get("PAKKEFORLOP_DATABASE"):
        pytest.skip("SQLite has one writer at a time: the second waits for the first")
    key = own_store.ask(KEY)
    own_store.ask("from pakkeforlop.coding.models import Patient\nfor n in 'ab': Patient.objects.create(source_id=n)")
    first = talking(own_store, SLOW_WRITER, "a", "wait")
    assert first.stdout.readline() == "written\n"
    own_store.ask(SLOW_WRITER, "b", "go")
    assert json.loads(own_store.ask(CHANGES, key, "0")) == [[], 0], "b is kept, but a may still come before it"
    first.communicate("on\n", timeout=60)
    told, after = json.loads(own_store.ask(CHANGES, key, "0"))
    assert told == ["a", "b"]
    assert json.loads(own_store.ask(CHANGES, key, str(after))) == [[], after]


CROSSING_WRITER = READY + """
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes
def told(name, word):
    plain = getattr(codes, name)
    def waits(*a):
        done = plain(*a)
        print(word, flush=True)
        sys.stdin.readline()
        return done
    setattr(codes, name, waits)
told("locked", "begun")
told("_log", "written")
codes.register_code(patient=Patient.objects.get(source_id=sys.argv[1]), code="A26A", event_date=date(2024, 3, 1),
                    institution="974557746", by=None, at=now, key=sys.argv[1], revision=None)
"""


def test_writers_that_cross_are_told_in_the_order_of_their_numbers(own_store: Store):
    """The one that began first takes the higher number and ends first; the reader waits for the other all the same."""
    if not own_store.environment.get("PAKKEFORLOP_DATABASE"):
        pytest.skip("SQLite has one writer at a time: the second waits for the first")
    key = own_store.ask(KEY)
    own_store.ask("from pakkeforlop.coding.models import Patient\nfor n in 'ab': Patient.objects.create(source_id=n)")
    early = talking(own_store, CROSSING_WRITER, "b")
    assert early.stdout.readline() == "begun\n"
    late = talking(own_store, CROSSING_WRITER, "a")
    assert late.stdout.readline() == "begun\n"
    for writer in (late, early):  # a takes the lower number, though b began before it
        writer.stdin.write("on\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "written\n"
    early.communicate("on\n", timeout=60)
    assert json.loads(own_store.ask(CHANGES, key, "0")) == [[], 0], "b is kept, but a may still come before it"
    late.communicate("on\n", timeout=60)
    told, after = json.loads(own_store.ask(CHANGES, key, "0"))
    assert told == ["a", "b"]
    assert json.loads(own_store.ask(CHANGES, key, str(after))) == [[], after]
