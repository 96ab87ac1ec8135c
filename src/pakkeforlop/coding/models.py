"""Tables of `coding`: patients, their registrations with every version ever told, and the files that brought them.

Registrations only grow: a correction is a new row of the same `registration_id`, and the database itself refuses to
change or remove one (`vocabulary.append_only`). Which version holds is decided by `coding.versions`, from two times:
when the thing happened (`event_date`) and when it was registered (`rank`).
"""

from __future__ import annotations

import secrets

from django.db import models


def new_handle() -> str:
    """A random name for a patient in addresses: nothing about the patient can be read out of it."""
    return secrets.token_urlsafe(12)


class Patient(models.Model):
    """A patient. `revision` grows by one with every change to what is registered: two writers cannot both pass it."""

    handle = models.CharField(max_length=32, unique=True, default=new_handle, editable=False)
    source_id = models.CharField(max_length=64, unique=True)
    """The patient_id of the files; for patients entered by hand the store's own."""
    told = models.BooleanField(default=False)
    """Whether anyone has told who this is (a patients file, a person): without it, message 100."""
    national_number = models.CharField(max_length=11, blank=True, default="", db_index=True)
    name = models.CharField(max_length=200, blank=True, default="", db_index=True)
    birth_date = models.DateField(null=True)
    sex = models.SmallIntegerField(default=0)
    """1 man, 2 woman, 0 not known. Never taken from the identity number."""
    municipality = models.CharField(max_length=64, blank=True, default="")
    district = models.CharField(max_length=64, blank=True, default="")
    death_date = models.DateField(null=True)
    gp = models.CharField(max_length=200, blank=True, default="")
    revision = models.IntegerField(default=0)

    objects: models.Manager[Patient]

    def __str__(self) -> str:
        return self.handle


class ImportBatch(models.Model):
    """One load of one file. `position`: rows done; a load that was killed goes on from there."""

    RUNNING, DONE = "running", "done"

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=32)
    rows = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    later = models.IntegerField(default=0)
    """Rows registered or dated after the day of the load: left for a later one."""
    state = models.CharField(max_length=16, default=RUNNING)
    position = models.BigIntegerField(default=0)
    started = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    started_by = models.BigIntegerField(null=True)

    objects: models.Manager[ImportBatch]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "kind"], name="coding_batch_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.state})"


class ImportRefusal(models.Model):
    """A row, or one value of a row that was used without it, that a load could not take; never a patient's id."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="refusals")
    row = models.IntegerField()
    column = models.CharField(max_length=64, blank=True, default="")
    value = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=64)
    """Key of the sentence in exchange/csv/texts/rejects.toml."""
    used = models.BooleanField(default=False)

    objects: models.Manager[ImportRefusal]

    def __str__(self) -> str:
        return f"{self.row} {self.column} {self.reason}"


class Registration(models.Model):
    """One version of one registration, as it was told. Append-only.

    `rank` orders the versions of a registration: microseconds of `registered_at` as the file wrote it (NEVER where it
    did not say), for own rows later than all before. `digest` is of everything that was told, so that the same row told
    twice is one row.
    """

    NEVER = -(2**63)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="registrations")
    registration_id = models.CharField(max_length=128)
    version = models.IntegerField()
    """1, 2, ... in the order the store learnt of them."""
    code = models.CharField(max_length=16, blank=True, default="")
    event_date = models.DateField(null=True)
    event_time = models.CharField(max_length=5, blank=True, default="")
    institution = models.CharField(max_length=64, blank=True, default="")
    unit = models.CharField(max_length=64, blank=True, default="")
    care_level = models.CharField(max_length=32, blank=True, default="")
    received_date = models.DateField(null=True)
    seniority_date = models.DateField(null=True)
    delay_reason = models.CharField(max_length=64, blank=True, default="")
    source = models.CharField(max_length=64, blank=True, default="")
    withdrawn = models.BooleanField(default=False)
    registered_at = models.DateTimeField()
    """As the file says; where it does not, and for own rows, when the store took it. UTC."""
    registered_by = models.BigIntegerField(null=True)
    """Id of the user; null for rows of files."""
    reason = models.CharField(max_length=500, blank=True, default="")
    """Why this version was made; empty for the first."""
    rank = models.BigIntegerField(default=NEVER)
    digest = models.BigIntegerField()
    revision = models.IntegerField(default=0)
    """The patient's revision that this row made: what was saved after a page was opened has a greater one."""
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, db_index=False)
    batch_row = models.IntegerField(null=True)

    objects: models.Manager[Registration]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration_id", "digest"], name="coding_told_once")]
        indexes = [models.Index(fields=["institution", "registered_at"], name="coding_place_told")]

    def __str__(self) -> str:
        return f"{self.code} {self.registration_id} v{self.version}"


class ActionKey(models.Model):
    """What a form post with this key did: posting it again (a double click, a retry) gives the same answer."""

    key = models.CharField(max_length=64, primary_key=True)
    user = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_index=True)
    result = models.JSONField(default=dict)

    objects: models.Manager[ActionKey]

    def __str__(self) -> str:
        return self.key
