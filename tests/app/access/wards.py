"""Patients of tests: each with one code at one hospital."""

from datetime import UTC, date, datetime
from itertools import count

from pakkeforlop.coding.models import Patient, Registration

NUMBER = count(1)


def patient_at(org_nr, pathway="A12", *, name="Lun Solvegg", unit="", patient=None):
    """A patient (or the one given) whose pathway was started at a hospital on 1 March 2024."""
    number = next(NUMBER)
    patient = patient or Patient.objects.create(source_id=f"p{number}", name=name, birth_date=date(1963, 2, 1))
    at = datetime(2024, 3, 1, 9, tzinfo=UTC)
    Registration.objects.create(
        patient=patient, registration_id=f"r{number}", version=1, code=f"{pathway}A", event_date=date(2024, 3, 1),
        institution=org_nr, unit=unit, registered_at=at, rank=int(at.timestamp() * 1_000_000), digest=number,
    )  # fmt: skip
    return patient
