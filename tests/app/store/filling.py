"""Puts rows into the store without the doors: for tests of what the store makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.versions import NEVER, digest_of, rank_of

AT = datetime(2024, 3, 1, 12, tzinfo=UTC)


def fill(rows: Sequence[Mapping[str, Any]], patients: Mapping[str, Any] | None = None) -> dict[str, Patient]:
    """Patients by id, each with their rows (the columns of files; event_date as ISO text)."""
    people: dict[str, Patient] = {}
    known = patients or {}
    for source in sorted({row["patient_id"] for row in rows}):
        told = known.get(source)
        people[source] = Patient.objects.create(
            source_id=source, told=told is not None, birth_date=told[0] if told else None, sex=int(told[1] or 0) if told else 0
        )
    counts: dict[str, int] = {}
    seen = set()
    for n, row in enumerate(rows):
        name = row.get("registration_id") or f"#test-{n}"
        registered = row.get("registered_at")
        digest = digest_of((row["patient_id"], *(row.get(key) for key in ("code", "event_date", "institution", "registered_at"))))
        if (name, digest) in seen:
            continue
        seen.add((name, digest))
        counts[name] = counts.get(name, 0) + 1
        Registration.objects.create(
            patient=people[row["patient_id"]], registration_id=name, version=counts[name], code=row["code"],
            event_date=date.fromisoformat(row["event_date"]) if row["event_date"] else None,
            institution=row["institution"], registered_at=AT, digest=digest, withdrawn=not row["code"],
            rank=rank_of(datetime.fromisoformat(registered)) if registered else NEVER, batch_row=n + 1,
        )  # fmt: skip
    return people
