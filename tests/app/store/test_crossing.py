"""Writers whose transactions cross: the list says what the store says, and no load fails because of another."""

from __future__ import annotations

import json

import pytest

from app.store.processes import Store, write

pytestmark = pytest.mark.slow

CROSS = """
import json, sys, threading
from datetime import date, datetime
from django.db import connection
from django.utils import timezone
from pakkeforlop.access.models import User
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination import rows
from pakkeforlop.coordination.actions import codes, load, referrals, work
from pakkeforlop.coordination.models import Referral, WorklistRow
from pakkeforlop.episodes import store
store.engine()
at, on = timezone.now().replace(year=2024, month=3, day=15), date(2024, 3, 15)
patient = Patient.objects.create(source_id="p", told=True)
def code(code, day, **more):
    return codes.register_code(patient=patient, code=code, event_date=day, institution="974557746", by=None, at=at, key="",
                               revision=None, **more)
code("A26A", date(2024, 1, 1))
code("A26S", date(2024, 1, 8))
by = User.objects.create(username="kari", display_name="Kari")
deed = work.Deed(by=by, at=at, on=on, key="first")
referral = Referral.objects.create(external_id="h", patient=patient, received_date=date(2024, 3, 1), pathway="A26",
                                   institution="974557746", marked=True)
booked = dict(appointment_id="t", patient_id="p", pathway="A26", kind="examination", at="2024-03-20T10:00",
              institution="974557746", status="booked")
DEEDS = {
    "task": lambda: work.add_task(patient=patient, pathway="A26", text="Ring", due=on, owner=by, deed=deed),
    "file": lambda: load.load("appointments", [booked], on=on, at=at),
    "referral": lambda: referrals.ordinary(referral=referral, reason="Kjent fra foer", by=by, at=at),
    "turn": lambda: rows.turn(on=date(2024, 3, 16), at=at),
}
read, gathered = threading.Event(), rows.gather
def slow(patients, *, on):
    found = gathered(patients, on=on)
    if threading.current_thread().name == "slow":
        read.set()
        entered.wait(2)
    return found
rows.gather, entered, faults = slow, threading.Event(), []
def run(what, after=None, then=None):
    try:
        if after:
            after.wait(60)
        what()
    except BaseException as fault:
        faults.append(repr(fault))
    finally:
        if then:
            then.set()
        connection.close()
if sys.argv[1] == "turn":
    WorklistRow.objects.update(worked_out_on=date(2024, 3, 14), next_on=date(2024, 3, 14))
one = threading.Thread(target=run, name="slow", args=(DEEDS[sys.argv[1]],))
two = threading.Thread(target=run, args=(lambda: code("A26CK", date(2024, 2, 1)), read, entered))
one.start(); two.start(); one.join(); two.join()
rows.gather = gathered
row = WorklistRow.objects.get(closed=False)
print(json.dumps([faults, row.phase, rows.refresh([patient.pk], on=row.worked_out_on, at=at)]))
"""


@pytest.mark.parametrize("deed", ["task", "file", "referral", "turn"])
def test_a_code_that_is_saved_while_the_list_is_worked_out_is_on_the_list(own_store: Store, deed: str):
    """A decision is saved between another writer's reading and its writing of the patient's row: the row is not the one
    of before, and making it anew changes nothing.
    """
    assert json.loads(own_store.ask(CROSS, deed)) == [[], "treatment", 0]


COUNTS = """
import json
from pakkeforlop.coding.models import ImportBatch, Patient, Registration
from pakkeforlop.episodes.models import Episode
versions = Registration.objects.values_list("registration_id", "version")
print(json.dumps([Patient.objects.count(), len(versions), len(set(versions)), Episode.objects.count(),
                  sorted(ImportBatch.objects.values_list("state", flat=True))]))
"""


def test_two_loads_at_once_of_the_same_patients_both_end_and_nothing_is_doubled(own_store: Store):
    """Two files tell of the same 3,000 registrations of patients that nobody knows, with another day; a third is the
    first under another name.
    """
    head = {"institution": "974557746", "code": "A26A"}
    names = range(3000)
    one = [{"patient_id": f"p{n}", "registration_id": f"r{n}", "event_date": "2024-01-04", **head} for n in names]
    two = [{**row, "event_date": "2024-01-05"} for row in reversed(one)]
    files = [write(own_store.folder / name, rows) for name, rows in (("1.csv", one), ("2.csv", two), ("3.csv", one))]
    told = [{"patient_id": f"p{n}", "birth_date": "1960-01-01", "sex": "2"} for n in names]
    people = write(own_store.folder / "people.csv", told)
    running = [own_store.command("import", str(file), "--patients", str(people)) for file in files]
    for each in running:
        _, err = each.communicate(timeout=300)
        assert each.returncode == 0, err
    assert json.loads(own_store.ask(COUNTS)) == [3000, 6000, 6000, 3000, ["done", "done", "done"]]
