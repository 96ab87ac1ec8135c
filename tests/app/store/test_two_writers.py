"""Several people write at once, in processes of their own: nothing is lost, nothing is doubled, versions count on."""

from __future__ import annotations

import json

import pytest

from app.store.processes import Store

pytestmark = [pytest.mark.slow]

MAKE = """
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes
from datetime import date
from django.utils import timezone
now = timezone.now().replace(year=2024, month=3, day=15)
patient = Patient.objects.create(source_id="p", told=True)
codes.register_code(patient=patient, code="A26A", event_date=date(2024, 1, 1), institution="974557746", by=None, at=now,
                    key="", revision=None)
"""
WRITER = """
import sys, time
from datetime import date, timedelta
from django.utils import timezone
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.blocking import Conflict
from pakkeforlop.episodes import store
store.engine()
me, count = sys.argv[1], int(sys.argv[2])
patient = Patient.objects.get(source_id="p")
first = Registration.objects.get(registration_id=Registration.objects.order_by("pk").first().registration_id, version=1)

time.sleep(max(0, float(sys.argv[3]) - time.time()))
told = 0
for n in range(count):
    at = timezone.now().replace(year=2024, month=3, day=15)
    day = date(2024, 1, 1) + timedelta(days=n)
    revision = Patient.objects.get(pk=patient.pk).revision
    while True:
        try:
            codes.register_code(patient=patient, code="A26S", event_date=day, institution="974557746", by=None, at=at,
                                key=f"{me}-{n}", revision=revision)
            break
        except Conflict as conflict:
            told += 1
            revision = conflict.revision
    codes.correct_code(registration=first, code="A26A", event_date=date(2024, 1, 1) - timedelta(days=n + 1),
                       institution="974557746", reason=me, by=None, at=at, key=f"{me}-c{n}", revision=None,
                       unit=f"{me}{n}")
print(told)
"""
TELL = """
import json
from pakkeforlop.coding.models import ActionKey, Patient, Registration
from pakkeforlop.episodes.models import Episode
versions = list(Registration.objects.filter(code="A26A").order_by("version").values_list("version", flat=True))
print(json.dumps(dict(
    attended=Registration.objects.filter(code="A26S").count(), versions=versions,
    revision=Patient.objects.get().revision, keys=ActionKey.objects.count(), episodes=Episode.objects.count())))
"""


def test_two_processes_on_one_patient_lose_nothing(own_store: Store):
    """Each enters 15 codes and corrects one and the same start 15 times; a conflict is answered by saving again."""
    import time

    own_store.ask(MAKE)
    count, at = 15, str(time.time() + 8)
    writers = [own_store.python(WRITER, me, str(count), at) for me in ("kari", "per")]
    for writer in writers:
        _, err = writer.communicate(timeout=240)
        assert writer.returncode == 0, err
    found = json.loads(own_store.ask(TELL))
    assert found == {
        "attended": 30, "versions": list(range(1, 32)), "revision": 61, "keys": 60, "episodes": 1,
    }  # fmt: skip
