"""The access log: one line before the answer leaves. When a line cannot be written, nothing is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from pakkeforlop.access import statements
from pakkeforlop.access.models import EVENT_KINDS, Event

COLUMNS = ("at", "by_id", "kind", "what", "patient_id", "org_nr", "pathway", "listed", "detail", "reason")


class LogNotWritten(RuntimeError):
    """The line could not be written, so what it was to tell about must not be shown or saved."""


def record(
    kind: str,
    *,
    by: Any,
    at: datetime,
    what: str,
    patient_id: int | None = None,
    org_nr: str = "",
    pathway: str = "",
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
    listed: Iterable[int] = (),
) -> None:
    """Append one line. `by` is a user or None, `what` the key of a text or of a route, `listed` the patients of a list.

    Within a transaction the line stands or falls with it: a change and its line are saved together or not at all.
    """
    if kind not in EVENT_KINDS:
        raise ValueError(f"{kind!r} is not a kind of the access log: {', '.join(EVENT_KINDS)}")
    ids = ",".join(str(number) for number in listed)
    line = (
        at, getattr(by, "pk", None), kind, what, patient_id, org_nr, pathway, f",{ids}," if ids else "",
        dict(detail or {}), reason,
    )  # fmt: skip
    try:
        statements.add_rows(Event, COLUMNS, [line])
    except DatabaseError as fault:
        raise LogNotWritten(what) from fault
