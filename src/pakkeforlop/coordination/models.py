"""Tables of the working day. Everything hangs on a patient and a pathway prefix, never on an episode.

A correction may split, join or renumber episodes; what people have written stays with the patient and the pathway.
`WorklistRow` is the one derived table: `rows.refresh` rebuilds it from the others in the writer's own transaction.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from pakkeforlop.coordination import states


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Hanging(models.Model):
    """What hangs on a patient's pathway."""

    patient = models.ForeignKey("coding.Patient", on_delete=models.CASCADE, related_name="+")
    pathway = models.CharField(max_length=3)

    class Meta:
        abstract = True


class Appointment(Hanging):
    """A booked, attended, missed or cancelled appointment; `follow_up` tells what was done about a missed one."""

    external_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16, choices=_choices(states.APPOINTMENT_KINDS))
    text = models.CharField(max_length=200)
    at = models.DateTimeField()
    institution = models.CharField(max_length=16)
    department = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=_choices(states.APPOINTMENT_STATES))
    booked_at = models.DateTimeField(null=True)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=400, blank=True)
    follow_up = models.CharField(max_length=400, blank=True)
    followed_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    followed_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway", "at"])]


class ExpectedAnswer(Hanging):
    """An answer that somebody waits for: pathology, imaging, another department's view, a call."""

    external_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=_choices(states.ANSWER_KINDS))
    asked_at = models.DateField()
    expected_date = models.DateField()
    received_at = models.DateField(null=True)
    text = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway"])]


class Proposal(Hanging):
    """A code that the records speak for, with its evidence; a person confirms or rejects it, once."""

    code = models.CharField(max_length=5)
    event_date = models.DateField()
    institution = models.CharField(max_length=16)
    evidence = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=_choices(states.PROPOSAL_STATES), default="open")
    reason = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "pathway", "code", "event_date"], name="one_proposal_of_a_code")
        ]


class Task(Hanging):
    """Something to do for a patient's pathway by a day."""

    text = models.CharField(max_length=400)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway"])]


class Note(Hanging):
    """A note; never changed, never removed."""

    text = models.CharField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway"])]


class Responsibility(Hanging):
    """Who coordinates a patient's pathway from a moment on; the last row holds."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway", "since"])]


class Referral(models.Model):
    """A referral that a hospital received; `pathway` is the prefix asked for, empty when none was named."""

    external_id = models.CharField(max_length=64, unique=True)
    patient = models.ForeignKey("coding.Patient", on_delete=models.CASCADE, related_name="+")
    received_date = models.DateField()
    institution = models.CharField(max_length=16)
    sender = models.CharField(max_length=200, blank=True)
    pathway = models.CharField(max_length=3, blank=True)
    marked = models.BooleanField(default=False)
    diagnosis = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=_choices(states.REFERRAL_STATES), default="new")
    into = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["institution", "status", "received_date"]),
            models.Index(fields=["patient", "pathway"]),
        ]


class NewCancer(models.Model):
    """A first contact with a new cancer; `reason` is given where the patient had no pathway."""

    patient = models.ForeignKey("coding.Patient", on_delete=models.CASCADE, related_name="+")
    icd10 = models.CharField(max_length=8)
    first_contact_date = models.DateField()
    institution = models.CharField(max_length=16)
    reason = models.CharField(max_length=40, blank=True)
    reason_text = models.CharField(max_length=400, blank=True)
    reason_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "icd10", "first_contact_date", "institution"], name="a_new_cancer_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["institution", "first_contact_date"])]


class SavedView(models.Model):
    """A filter that someone has named; `query` is the address's query string."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="one_view_of_a_name")]


class WorklistRow(Hanging):
    """One row per open pathway: all that the list shows, so that no page reads the history.

    Days that depend on today (left, over, group) are worked out when the row is read. `flags` are bits of `flags.Flag`,
    `marks` their dates and words. `worked_out_on` is the day that "next" was worked out for.
    """

    number = models.PositiveSmallIntegerField()
    episode_id = models.CharField(max_length=120)
    start_date = models.DateField()
    phase = models.CharField(max_length=16)
    phase_from = models.DateField()
    phase_limit = models.PositiveSmallIntegerField(null=True)
    phase_due = models.DateField(null=True)
    whole_limit = models.PositiveSmallIntegerField(null=True)
    whole_due = models.DateField(null=True)
    hospital = models.CharField(max_length=16)
    trust = models.CharField(max_length=16)
    region = models.CharField(max_length=16)
    sender = models.CharField(max_length=16, blank=True)
    receiver = models.CharField(max_length=16, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    next_kind = models.CharField(max_length=16, blank=True)
    next_text = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField(null=True)
    next_on = models.DateField(null=True)
    next_status = models.CharField(max_length=10, blank=True)
    department = models.CharField(max_length=100, blank=True)
    answer_due = models.DateField(null=True)
    flags = models.PositiveIntegerField(default=0)
    marks = models.JSONField(default=dict)
    proposed = models.ForeignKey(Proposal, null=True, on_delete=models.SET_NULL, related_name="+")
    last_touched = models.DateField()
    sought = models.CharField(max_length=200)
    worked_out_on = models.DateField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_what = models.CharField(max_length=20, blank=True)
    changed_detail = models.CharField(max_length=120, blank=True)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "pathway", "number"], name="one_row_of_an_episode")
        ]
        indexes: ClassVar = [
            models.Index(fields=["closed", "hospital", "phase_due"]),
            models.Index(fields=["closed", "owner"]),
            models.Index(fields=["closed", "receiver"]),
            models.Index(fields=["changed_at"]),
        ]
