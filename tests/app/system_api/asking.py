"""A system of tests: a key for some scopes and units, and requests with it."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.access.people import STAVANGER
from pakkeforlop.access.actions.systems import make_key
from pakkeforlop.access.systems import Scope

ON = date(2024, 3, 15)
AT = datetime(2024, 3, 15, 8, 0, tzinfo=ZoneInfo("Europe/Oslo"))
ROOT = "/api/system/v1"
EVERY = tuple(scope.value for scope in Scope)


def key_for(*scopes, org_nr=STAVANGER, pathway="", system="lab", expires_on=None):
    """A key as the system got it."""
    return make_key(
        system=system, display_name="Laboratoriet", scopes=scopes or EVERY, org_nr=org_nr, pathway=pathway,
        expires_on=expires_on, by=None, on=ON, at=AT,
    )  # fmt: skip


def ask(client, key, path, body=None, *, name="", language="en"):
    """GET, or POST of a body under an idempotency key; the answer and its JSON."""
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
    if name:
        headers["Idempotency-Key"] = name
    if body is None:
        answer = client.get(f"{ROOT}{path}", headers=headers)
    else:
        text = body if isinstance(body, str) else json.dumps(body)
        answer = client.post(f"{ROOT}{path}", text, content_type="application/json", headers=headers)
    return answer, answer.json() if answer.content else None


def registration(**changed):
    """A row: breast cancer, referral received."""
    return {
        "patient_id": "lab-1", "code": "A01A", "event_date": "2024-03-01", "institution": STAVANGER, **changed,
    }  # fmt: skip
