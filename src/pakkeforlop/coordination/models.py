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


class ClinicalEvent(models.Model):
    """What another system tells has happened, or is booked: an attendance, a pathology answer, a decision of the MDT.

    `pathway` is the one it belongs to and `towards` the one it points to, both empty where the sender does not say;
    `finding` is a key of the catalogue's findings. `answers` names the expected answer that it brings. Told again with
    the same `external_id`, it changes.
    """

    external_id = models.CharField(max_length=64, unique=True)
    patient = models.ForeignKey("coding.Patient", on_delete=models.CASCADE, related_name="+")
    pathway = models.CharField(max_length=3, blank=True)
    towards = models.CharField(max_length=3, blank=True)
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=_choices(states.APPOINTMENT_STATES))
    at = models.DateTimeField()
    received_date = models.DateField(null=True)
    institution = models.CharField(max_length=16)
    department = models.CharField(max_length=100, blank=True)
    finding = models.CharField(max_length=24, blank=True)
    text = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=40, blank=True)
    answers = models.CharField(max_length=64, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "at"])]


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
    event = models.ForeignKey(ClinicalEvent, null=True, on_delete=models.SET_NULL, related_name="+")
    """What brought the answer."""
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway"])]


class Proposal(Hanging):
    """A code that the records speak for, with its evidence; a person confirms, changes or rejects it, once.

    `rule` is the catalogue's event rule, empty for one that a person made; `event` what spoke for it. `became` and
    `became_date`: what was registered instead, where it was changed.
    """

    code = models.CharField(max_length=5)
    event_date = models.DateField()
    institution = models.CharField(max_length=16)
    evidence = models.CharField(max_length=500)
    rule = models.CharField(max_length=40, blank=True)
    event = models.ForeignKey(ClinicalEvent, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=_choices(states.PROPOSAL_STATES), default="open")
    reason = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    became = models.CharField(max_length=5, blank=True)
    became_date = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "pathway", "code", "event_date"], name="one_proposal_of_a_code"),
            models.CheckConstraint(condition=~models.Q(evidence=""), name="no_proposal_without_evidence"),
        ]


class Task(Hanging):
    """Something to do for a patient's pathway by a day. `escalated_to`: the leader who was told that it is late."""

    text = models.CharField(max_length=400)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["patient", "pathway"]),
            models.Index(fields=["owner", "done_at", "due"]),
        ]


class Change(Hanging):
    """A day or an owner that was changed, with the reason: what it was and what it became; never removed.

    `what` is task.due, task.owner or answer.expected, `row` the number of the task or answer.
    """

    what = models.CharField(max_length=20)
    row = models.BigIntegerField()
    was = models.CharField(max_length=120, blank=True)
    now = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["what", "row"])]


class Transfer(Hanging):
    """Responsibility on its way from one unit to another: sent, received, accepted, attended there; or declined.

    The sender is responsible until the receiver has accepted. `letter` is what the sender wrote. A transfer that only
    the codes tell of (an O in a file) has a row too; its receiver is empty where nobody knows it.
    """

    sender = models.CharField(max_length=16)
    receiver = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=10, choices=_choices(states.TRANSFER_STATES), default="sent")
    sent_on = models.DateField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    letter = models.CharField(max_length=2000, blank=True)
    received_on = models.DateField(null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_on = models.DateField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    attended_on = models.DateField(null=True)
    declined_on = models.DateField(null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "pathway", "sender", "sent_on"],
                name="one_transfer_a_day",
                condition=~models.Q(state="declined"),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["receiver", "state"]),
            models.Index(fields=["sender", "state"]),
        ]

    @property
    def responsible(self) -> str:
        """The one unit that has the patient now."""
        return self.receiver if self.state in ("accepted", "attended") else self.sender


class Cover(models.Model):
    """A list handed over: the deputy has the owner's pathways and tasks from a day to a day, both included."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    note = models.CharField(max_length=1000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["deputy", "last_day"]), models.Index(fields=["owner", "last_day"])]


class MailAddress(models.Model):
    """Where a person wants reminders; none without it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField()


class Outgoing(models.Model):
    """A message that the application sends, kept as it was sent: a reminder by e-mail, or word to a referrer.

    An e-mail names no patient. `key` makes the same message one message however often it is asked for.
    """

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=_choices(states.CHANNELS))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    patient = models.ForeignKey("coding.Patient", null=True, on_delete=models.CASCADE, related_name="+")
    referral = models.ForeignKey("coordination.Referral", null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=_choices(states.OUTGOING_STATES), default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "made_at"]), models.Index(fields=["referral"])]


class Note(Hanging):
    """A note; never changed, never removed."""

    text = models.CharField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "pathway"])]


class Responsibility(Hanging):
    """Who coordinates a patient's pathway from a moment on; the last row holds.

    Without an owner nobody has taken it (what was given has been taken back): it is the named coordinator's.
    """

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
    downgraded = models.BooleanField(default=False)
    """Taken out of the pathways, and not settled yet: it stays on a list until somebody writes what became of it."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["institution", "status", "received_date"]),
            models.Index(fields=["patient", "pathway"]),
            models.Index(fields=["institution"], condition=models.Q(downgraded=True), name="referral_downgraded"),
        ]


class Assessment(models.Model):
    """One assessment of a referral: what it became (`into` a pathway, or ordinary), or that a downgrade is settled.

    Appended only: the database itself refuses to change or remove a row. The referral holds what the last one said.
    """

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="assessments")
    became = models.CharField(max_length=10, choices=_choices((*states.REFERRAL_STATES, "settled")))
    into = models.CharField(max_length=3, blank=True)
    start = models.CharField(max_length=10, blank=True)
    """What became of the start code when the referral left a pathway: withdrawn, ended, or stands (it had ended)."""
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


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
    """A filter of a list (`page`) that someone has named; `query` is the address's query string."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=16, default="worklist")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "page", "name"], name="one_view_of_a_name")]


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
    receipt_due = models.DateField(null=True)
    """The last day for the receiver to acknowledge a transfer."""
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
