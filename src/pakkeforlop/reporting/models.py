"""Tables of reporting: submissions with their messages, what came back, locked periods with their figures, reminders.

Everything but the state of a returned line only grows: the database itself refuses to change or remove it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

OPEN, SENT, CLEARED, AGAIN = "open", "sent", "cleared", "again"
LINE_STATES = (OPEN, SENT, CLEARED, AGAIN)
"""open: to be mended; sent: mended and sent again; cleared: the register no longer says it; again: said anew later."""
MADE, FETCHED, HANDED = "made", "fetched", "handed"
EVENT_KINDS = (MADE, FETCHED, HANDED)
"""fetched: someone took the files out; handed: someone said that they are sent."""


class Submission(models.Model):
    """One shipment to the register: a trust's registrations from 1 January to the end of a month, as known then.

    `up_to` is the last registration (its row's id) that the store had; what was registered later is not in it.
    """

    key = models.CharField(max_length=64, unique=True)
    sender = models.CharField(max_length=20)
    period_from = models.DateField()
    period_to = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    test = models.BooleanField(default=False)
    version = models.CharField(max_length=16)
    rows = models.IntegerField()
    patients = models.IntegerField()
    left_out = models.JSONField(default=dict)
    """Rows that were not sent, by reason."""
    foreseen = models.JSONField(default=dict)
    """The messages that were foreseen when it was made, by number."""
    content = models.CharField(max_length=64)
    """Hash of the rows: the same when nothing has changed since the one before."""
    up_to = models.BigIntegerField()
    folder = models.CharField(max_length=120)
    """Name of the folder with the packed messages, in the store's outbox."""

    objects: models.Manager[Submission]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sender", "period_to", "made_at"])]

    def __str__(self) -> str:
        return f"{self.sender} {self.period_to:%Y-%m}"


class SentMessage(models.Model):
    """One message of a submission. A number is used once by a sender in a year."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="messages")
    sender = models.CharField(max_length=20)
    year = models.IntegerField()
    number = models.IntegerField()
    test = models.BooleanField(default=False)
    module = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    message_id = models.CharField(max_length=64, db_index=True)
    rows = models.IntegerField()
    patients = models.IntegerField()
    packed = models.BigIntegerField()
    part = models.IntegerField(default=1)
    parts = models.IntegerField(default=1)
    sha256 = models.CharField(max_length=64)

    objects: models.Manager[SentMessage]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "year", "number", "test"], name="a_running_number_once")
        ]

    def __str__(self) -> str:
        return self.name


class SubmissionEvent(models.Model):
    """What became of a submission after it was made."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in EVENT_KINDS])
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects: models.Manager[SubmissionEvent]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Return(models.Model):
    """One file that came back: a rejection, content errors or the monthly workbook. The same file is taken once."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    sender = models.CharField(max_length=20)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="returns")
    message_id = models.CharField(max_length=64, blank=True, default="")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lines = models.IntegerField()
    unmatched = models.IntegerField()
    """Lines that fit no registration of the store."""

    objects: models.Manager[Return]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256", "sender"], name="a_return_once")
        ]
        indexes: ClassVar = [models.Index(fields=["sender", "taken_at"])]

    def __str__(self) -> str:
        return self.name


class ReturnedLine(models.Model):
    """One message of a return, on the registration that it is about; `patient` is empty where none was found.

    `seen` is the newest version (its row's id) of the registration when the return was taken: a newer one means that
    someone has mended it.
    """

    returned = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="said")
    row = models.IntegerField()
    sender = models.CharField(max_length=20)
    message = models.CharField(max_length=20)
    severity = models.CharField(max_length=20, blank=True, default="")
    text = models.CharField(max_length=500, blank=True, default="")
    registration_id = models.CharField(max_length=128, blank=True, default="")
    patient = models.ForeignKey("coding.Patient", null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, blank=True, default="")
    event_date = models.DateField(null=True)
    institution = models.CharField(max_length=64, blank=True, default="")
    seen = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=[(state, state) for state in LINE_STATES], default=OPEN)
    state_at = models.DateTimeField()
    settled_by = models.ForeignKey(Return, null=True, on_delete=models.PROTECT, related_name="settled")
    """The return that cleared it or said it again."""
    resent = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")
    """The submission that it was sent again with."""

    objects: models.Manager[ReturnedLine]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["institution", "state", "event_date"]),
            models.Index(fields=["sender", "state"]),
            models.Index(fields=["registration_id"]),
            models.Index(fields=["patient", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.code}"


class PeriodLock(models.Model):
    """A year of a trust that is closed: its figures stand as they were, and later changes are revisions.

    `up_to` is the last registration (its row's id) that the store had when it was locked.
    """

    sender = models.CharField(max_length=20)
    first = models.DateField()
    last = models.DateField()
    locked_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True, default="")
    up_to = models.BigIntegerField()
    figures = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    """Of the locked figures, as they stand in the export."""

    objects: models.Manager[PeriodLock]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "first"], name="a_period_locked_once")]

    def __str__(self) -> str:
        return f"{self.sender} {self.first:%Y}"


class LockedFigure(models.Model):
    """One figure of a locked period; the columns of indicators.csv that tell which figure it is, and its numbers."""

    lock = models.ForeignKey(PeriodLock, on_delete=models.PROTECT, related_name="rows")
    indicator = models.CharField(max_length=40)
    label = models.CharField(max_length=16, blank=True, default="")
    branch = models.CharField(max_length=8, blank=True, default="")
    kind = models.CharField(max_length=16, blank=True, default="")
    pathway_key = models.CharField(max_length=60)
    unit_level = models.CharField(max_length=12)
    unit_name = models.CharField(max_length=120)
    org_nr = models.CharField(max_length=20)
    period_type = models.CharField(max_length=12)
    period_from = models.DateField()
    period_to = models.DateField()
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    percent = models.FloatField(null=True)
    median_days = models.FloatField(null=True)
    p90_days = models.FloatField(null=True)

    objects: models.Manager[LockedFigure]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["lock", "indicator"])]

    def __str__(self) -> str:
        return f"{self.indicator} {self.pathway_key} {self.org_nr}"


class OnwardReferral(models.Model):
    """The pathway part of an onward referral that was taken in: shown until a person has confirmed what it says.

    `codes`: code, remark and what dates it may mean, as read; what was confirmed stands in `confirmed`.
    """

    message_id = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.CharField(max_length=25)
    sender = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=200, blank=True)
    hospital = models.CharField(max_length=20)
    """The hospital that received it."""
    patient = models.ForeignKey("coding.Patient", on_delete=models.PROTECT, related_name="+")
    priority = models.CharField(max_length=8, blank=True)
    diagnosis = models.CharField(max_length=16, blank=True)
    dates = models.JSONField(default=dict)
    codes = models.JSONField(default=list)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects: models.Manager[OnwardReferral]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["hospital", "settled_at"])]

    def __str__(self) -> str:
        return self.message_id


class Reminder(models.Model):
    """A reminder that was sent: one to a person for a deadline and a day."""

    sender = models.CharField(max_length=20)
    due = models.DateField()
    kind = models.CharField(max_length=12)
    on = models.DateField()
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: models.Manager[Reminder]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "due", "to", "on"], name="reminded_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due}"
