"""What goes in and out: the shapes that the interface's own description (OpenAPI) is made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

AT_ONCE = 1000
"""Rows of one request."""


NO_NUL = r"^[^\x00]*$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL, strict=True)]
Short = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL, strict=True)]
Middle = Annotated[str, StringConstraints(max_length=128, pattern=NO_NUL, strict=True)]
Long = Annotated[str, StringConstraints(max_length=400, pattern=NO_NUL, strict=True)]


class Strict(Schema):
    """Columns that are not known are refused: a misspelt name must not be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class RegistrationIn(Strict):
    """One pathway code of a patient, as the register's registrations (docs/reference/columns.md), all texts.

    With the `registration_id` of a registration that the store has, it is corrected, or withdrawn by an empty `code`;
    then `reason` must say why.
    """

    patient_id: Name = Field(description="The patient's id, as in the files.")
    code: Short = Field(description="Pathway code, such as A12S. Empty withdraws.")
    event_date: Short = Field("", description="Day of the event: YYYY-MM-DD or dd.mm.yyyy.")
    institution: Short = Field("", description="Organisation number of the hospital, or its key in the catalogue.")
    event_time: Short = Field("", description="HH:MM, where it is known.")
    unit: Short = ""
    received_date: Short = ""
    seniority_date: Short = ""
    delay_reason: Short = ""
    registration_id: Middle = ""
    reason: Long = ""


class RegistrationsIn(Strict):
    """Rows in the order they are to be done."""

    rows: list[RegistrationIn] = Field(min_length=1, max_length=AT_ONCE)


class MessageOut(Schema):
    """What the register would say: a message or warning, and what to do about it."""

    number: int
    text: str
    now: str


class RefusalOut(Schema):
    """Why a row was not taken: the column, the key of the reason, and a sentence."""

    column: str
    reason: str
    text: str


class VerdictOut(Schema):
    """What became of one row. `row` counts from 1."""

    row: int
    state: Literal["registered", "corrected", "withdrawn", "refused"]
    registration_id: str | None = None
    version: int | None = None
    patient: str | None = Field(None, description="The patient's handle, for other addresses of this interface.")
    messages: list[MessageOut] = Field(default_factory=list)
    refusals: list[RefusalOut] = Field(default_factory=list)


class VerdictsOut(Schema):
    """All rows, in order."""

    taken: int
    refused: int
    rows: list[VerdictOut]


class EventIn(Strict):
    """Something that happened or is booked elsewhere, as the events file (docs/reference/columns.md), all texts."""

    event_id: Name
    patient_id: Name
    kind: Short
    at: Short = Field(description="YYYY-MM-DD or YYYY-MM-DDTHH:MM, Norwegian time.")
    institution: Short
    status: Short = ""
    pathway: Short = ""
    towards: Short = ""
    department: Middle = ""
    received_date: Short = ""
    finding: Short = ""
    text: Long = ""
    result: Long = ""
    answers: Short = ""


class EventsIn(Strict):
    """Events in any order."""

    rows: list[EventIn] = Field(min_length=1, max_length=AT_ONCE)


class EventRefusalOut(Schema):
    """An event that was not taken."""

    row: int
    column: str
    reason: str
    text: str


class EventsOut(Schema):
    """What became of the events."""

    new: int
    changed: int
    same: int
    refused: list[EventRefusalOut]


class WorklistRowOut(Schema):
    """An open pathway of the key's units as the worklist shows it. Days are whole days; `left` below 0 is over."""

    patient: str
    patient_id: str
    pathway: str
    number: int
    episode_id: str
    phase: str
    phase_from: date
    phase_limit: int | None
    phase_due: date | None
    phase_left: int | None
    start_date: date
    whole_limit: int | None
    whole_due: date | None
    whole_left: int | None
    hospital: str
    trust: str
    next: str
    next_on: date | None
    owner: str
    flags: list[str]
    proposed: bool
    changed_at: datetime


class WorklistOut(Schema):
    """A page of the list, the most urgent first."""

    on: date
    total: int
    page: int
    pages: int
    rows: list[WorklistRowOut]


class FindIn(Strict):
    """A patient by the id of the files: in the body, never in an address."""

    patient_id: Name


class FindOut(Schema):
    """The patient's handle, for addresses."""

    patient: str


class EpisodeOut(Schema):
    """A pathway instance: the columns of episodes.csv, and its story in sentences."""

    episode: dict[str, Any]
    title: str
    story: list[str]


class EpisodesOut(Schema):
    """All pathway instances of a patient as of today."""

    patient: str
    on: date
    episodes: list[EpisodeOut]


class ChangeOut(Schema):
    """A version of a registration, in the order the store learnt of it. `n` never comes twice and never goes back."""

    n: int
    kind: Literal["registered", "corrected", "withdrawn"]
    patient: str
    patient_id: str
    registration_id: str
    version: int
    code: str
    event_date: date | None
    institution: str
    registered_at: datetime


class ChangesOut(Schema):
    """`next` is what to ask `after` next time; `more`: there is more at once."""

    changes: list[ChangeOut]
    next: int
    more: bool


class ProblemOut(Schema):
    """What is wrong, where, and what to do now (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    now: str
    instance: str
    errors: list[dict[str, str]] = Field(default_factory=list)
