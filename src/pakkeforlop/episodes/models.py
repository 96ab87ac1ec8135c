"""Tables of `episodes`: what the engine says of the registrations that hold now. Written by `episodes.store` alone.

Everything here but `Definitions` can be made again from the registrations, and is equal to the row to what `pakkeforlop
monitor` gives.
"""

from __future__ import annotations

from django.db import models

from pakkeforlop.coding.models import Patient, Registration


class Episode(models.Model):
    """One pathway instance: the columns of episodes.csv (docs/reference/columns.md)."""

    episode_id = models.CharField(max_length=40, db_index=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="episodes", db_index=False)
    pathway = models.CharField(max_length=3)
    number = models.IntegerField()
    """1, 2, ... per patient and pathway by start; `episode` in the files."""
    start_date = models.DateField()
    start_institution = models.CharField(max_length=64)
    first_attendance_date = models.DateField(null=True)
    first_attendance_institution = models.CharField(max_length=64, null=True)
    decision_date = models.DateField(null=True)
    decision = models.CharField(max_length=1, null=True)
    decision_institution = models.CharField(max_length=64, null=True)
    treatment_date = models.DateField(null=True)
    treatment = models.CharField(max_length=1, null=True)
    treatment_institution = models.CharField(max_length=64, null=True)
    end_date = models.DateField(null=True)
    end = models.CharField(max_length=2, null=True)
    end_institution = models.CharField(max_length=64, null=True)
    trust = models.CharField(max_length=64)
    institutions = models.IntegerField()
    trusts = models.IntegerField()
    transferred = models.BooleanField()
    postponed = models.BooleanField()
    via_specialist = models.BooleanField()
    of1_days = models.IntegerField(null=True)
    of1_limit = models.IntegerField(null=True)
    of2_days = models.IntegerField(null=True)
    of2_limit = models.IntegerField(null=True)
    of3_days = models.IntegerField(null=True)
    of3_limit = models.IntegerField(null=True)
    of4_days = models.IntegerField(null=True)
    of4_limit = models.IntegerField(null=True)
    ce_days = models.IntegerField(null=True)
    ce_limit = models.IntegerField(null=True)
    share_days = models.IntegerField(null=True)
    share_limit = models.IntegerField(null=True)
    share_within = models.BooleanField(null=True)
    share_reason = models.CharField(max_length=16)
    limit_version = models.CharField(max_length=32, null=True)
    sex = models.IntegerField(null=True)
    age = models.IntegerField(null=True)
    unit = models.CharField(max_length=64, null=True)
    seniority_date = models.DateField(null=True)
    received_date = models.DateField(null=True)
    messages = models.CharField(max_length=255, blank=True, default="")
    """Numbers with spaces between."""

    objects: models.Manager[Episode]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "pathway", "number"], name="episodes_numbered_once")
        ]
        indexes = [
            models.Index(
                fields=["trust", "pathway"], name="episodes_open", condition=models.Q(end__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.episode_id


class EpisodeMessage(models.Model):
    """One message of the engine on one registration. `episode_id` is empty where the code belongs to no instance."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="messages")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="messages", db_index=False)
    episode_id = models.CharField(max_length=40, blank=True, default="")
    pathway = models.CharField(max_length=3, blank=True, default="")
    number = models.IntegerField()
    counted = models.BooleanField()

    objects: models.Manager[EpisodeMessage]

    def __str__(self) -> str:
        return f"{self.number} on {self.registration_id}"


class Definitions(models.Model):
    """Under which definitions all episodes of the store were linked, from when on; the newest line holds."""

    digest = models.CharField(max_length=64)
    """`episodes.definitions.digest`."""
    since = models.DateTimeField()
    patients = models.IntegerField()
    """How many patients were linked anew for it; 0 for a store that began under it."""

    objects: models.Manager[Definitions]

    def __str__(self) -> str:
        return self.digest
