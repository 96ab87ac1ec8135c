"""Tables of people, what they are appointed to, who is who, and the log of every look and change."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from pakkeforlop.access.rights import Role

ROLES = [(role.value, role.value) for role in Role]
EVENT_KINDS = (
    "looked", "listed", "changed", "stopped", "opened_with_reason", "exported",
    "logged_in", "logged_out", "login_refused", "user_changed",
)  # fmt: skip
REASON_KINDS = ("emergency", "received", "asked", "quality", "other")
POST_KINDS = ("leader", "responsible_doctor", "coordinator", "deputy", "coding", "analysis", "department_contact")


class UserManager(BaseUserManager["User"]):
    """Makes users; who may is asked before."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of a name; upper and lower case are one."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who can log in. What the person may do stands in assignments, never here."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="nb")
    single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    is_system = models.BooleanField(default=False)
    """Another system that writes and reads by keys: never one who can log in."""

    password_told = models.BooleanField(default=False)
    """Somebody else has given the password, and knows it: the person chooses another before anything else is shown."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        """The name that others see."""
        return self.display_name

    def get_short_name(self) -> str:
        """The last part of the name, for narrow columns."""
        return self.display_name.rsplit(" ", 1)[-1]


class Assignment(models.Model):
    """A role for a unit between two days, both inclusive; an open end holds until further notice.

    `org_nr` is a hospital, a trust, a region, or 900000000 for the country. `pathway` is the beginning of a pathway's
    code, empty for all. `department` narrows to the department's own patients, empty for the whole unit.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=16, choices=ROLES)
    org_nr = models.CharField(max_length=20)
    pathway = models.CharField(max_length=3, blank=True, default="")
    department = models.CharField(max_length=80, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.role} {self.org_nr}"


class Event(models.Model):
    """One line of the access log. Appended only: the database itself refuses to change or remove a line.

    `patient_id` is no foreign key: the log outlives what it tells about. `listed` names the patients of a list, as
    `,12,55,`, so that one line tells of a whole page.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=24)
    what = models.CharField(max_length=80)
    patient_id = models.BigIntegerField(null=True)
    org_nr = models.CharField(max_length=20, blank=True, default="")
    pathway = models.CharField(max_length=3, blank=True, default="")
    listed = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["patient_id", "at"], condition=models.Q(patient_id__isnull=False), name="event_patient"
            ),
            models.Index(fields=["kind", "at"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.what}"


class Opening(models.Model):
    """A patient outside one's units, opened with a reason for some hours. The report to leaders reads these rows."""

    user = models.ForeignKey(User, models.PROTECT, related_name="openings")
    patient_id = models.BigIntegerField()
    org_nr = models.CharField(max_length=20, blank=True, default="")
    pathway = models.CharField(max_length=3, blank=True, default="")
    kind = models.CharField(max_length=16)
    reason = models.TextField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "patient_id", "until"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class OpeningSeen(models.Model):
    """One who answers for the unit has looked at an opening. Appended only: who saw it, and when, stays."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="seen")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["opening", "by"], name="an_opening_seen_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Post(models.Model):
    """A post of who is who at a unit; empty pathway for all. A post without a name is vacant, and shown as such."""

    kind = models.CharField(max_length=24)
    org_nr = models.CharField(max_length=20)
    pathway = models.CharField(max_length=3, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="posts")
    phone = models.CharField(max_length=40, blank=True, default="")
    phone_hours = models.CharField(max_length=80, blank=True, default="")
    department = models.CharField(max_length=80, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["org_nr", "pathway"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.org_nr} {self.pathway}"


class TiedIdentity(models.Model):
    """That a login elsewhere (HelseID) is a user here, by the person's own explicit act; cut, never removed.

    `subject` is the issuer's own name of the person. No national identity number is kept.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    tied_at = models.DateTimeField()
    cut_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(cut_at__isnull=True), name="identity_of_one_user"
            ),
            models.UniqueConstraint(
                fields=["user", "issuer"], condition=models.Q(cut_at__isnull=True), name="user_of_one_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issuer}"


class SystemKey(models.Model):
    """A key by which another system asks: for what (`scopes`, with spaces between) and until when; never removed.

    For which units is said by the assignments of its user, as for people. Of the key itself only a digest is kept.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="keys")
    number = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    used_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number


class SystemAnswer(models.Model):
    """What a system was answered under an idempotency key, so that the same request again is answered the same.

    `status` is 0 while the first request is at work; `digest` is of the request's body.
    """

    key = models.ForeignKey(SystemKey, models.PROTECT, related_name="answers")
    name = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "name"], name="a_system_answered_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="answers_by_age")]

    def __str__(self) -> str:
        return self.name
