"""A store of before the referrals' assessments were kept becomes one of today, on either database."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
import json
from django.core.management import call_command
from django.db import connection
call_command("migrate", "coordination", "0002", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("SELECT id FROM coding_patient")
    (patient,) = cursor.fetchone()
    for number, (status, marked) in enumerate((("ordinary", 1), ("ordinary", 0), ("pathway", 1), ("new", 1))):
        cursor.execute(
            'INSERT INTO coordination_referral (external_id, patient_id, received_date, institution, sender, pathway, '
            'marked, diagnosis, text, status, "into", reason, assessed_at) '
            "VALUES (%s, %s, '2022-01-10', '974557746', '', 'A01', %s, '', '', %s, %s, 'r', %s)",
            [f"h{number}", patient, bool(marked), status, "A01" if status == "pathway" else "",
             None if status == "new" else "2022-01-11 10:00:00+00:00"],
        )
call_command("migrate", verbosity=0)
from pakkeforlop.coordination.models import Assessment, Referral
print(json.dumps([
    [list(row) for row in Assessment.objects.order_by("pk").values_list("became", "into", "reason")],
    [list(row) for row in Referral.objects.order_by("pk").values_list("status", "downgraded")],
]))
"""


def test_what_was_assessed_before_has_its_row_and_marked_ordinary_ones_are_downgraded(own_store: Any):
    own_store.ask("from pakkeforlop.coding.models import Patient; Patient.objects.create(source_id='p1')")
    assessed, referrals = json.loads(own_store.ask(SCRIPT).strip().splitlines()[-1])
    assert assessed == [["ordinary", "", "r"], ["ordinary", "", "r"], ["pathway", "A01", "r"]]
    assert referrals == [["ordinary", True], ["ordinary", False], ["pathway", False], ["new", False]]
