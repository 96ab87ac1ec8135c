"""The ward's files, in the columns that `pakkeforlop import` reads."""

from __future__ import annotations

import csv
from pathlib import Path

from pakkeforlop.exchange.generate.ward.ward import Ward

COLUMNS = {
    "patients": (
        "patient_id", "birth_date", "sex", "municipality", "district", "death_date", "national_number", "name", "gp",
    ),
    "registrations": ("registration_id", "patient_id", "code", "event_date", "institution", "registered_at"),
    "appointments": (
        "appointment_id", "patient_id", "pathway", "kind", "text", "at", "institution", "department", "status",
        "booked_at", "result",
    ),
    "referrals": (
        "referral_id", "patient_id", "received_date", "institution", "sender", "pathway", "marked", "diagnosis", "text",
    ),
    "answers": (
        "answer_id", "patient_id", "pathway", "kind", "asked_at", "expected_date", "received_at", "text",
    ),
    "events": (
        "event_id", "patient_id", "kind", "at", "institution", "status", "pathway", "towards", "finding", "text",
        "result", "received_date", "department", "source", "answers",
    ),
    "new_cancers": ("patient_id", "icd10", "first_contact_date", "institution"),
}  # fmt: skip


def write_ward(ward: Ward, folder: Path) -> dict[str, Path]:
    """Write one CSV file a kind into a folder; the paths by kind. A kind without rows is a file with its head."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for kind, columns in COLUMNS.items():
        path = folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", extrasaction="raise")
            writer.writeheader()
            writer.writerows(ward.files.get(kind, []))
        paths[kind] = path
    return paths
