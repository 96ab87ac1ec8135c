"""The interface: its addresses, what they take and answer, and which scope each needs."""

from __future__ import annotations

import re
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from ninja import Header, NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from pydantic import BeforeValidator

from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope as Units
from pakkeforlop.access.scope import units
from pakkeforlop.access.systems import Scope
from pakkeforlop.coordination.actions.load import load
from pakkeforlop.coordination.blocking import Stop
from pakkeforlop.exchange.csv.rejects import reasons
from pakkeforlop.web import clock
from pakkeforlop.web.open_api.problems import TYPE
from pakkeforlop.web.system_api import reading, registrations, shapes
from pakkeforlop.web.system_api.asking import Bearer
from pakkeforlop.web.system_api.once import once
from pakkeforlop.web.system_api.problem import SystemProblem

ROOT = "/api/system/v1"
LARGEST = 2_000_000
"""Bytes of a request's body."""


def _whole(said: Any) -> Any:
    """A number as it is described: digits alone, where the library would take `1.0` and ` 1` too."""
    if isinstance(said, str) and not re.fullmatch(r"-?[0-9]{1,20}", said):
        raise ValueError("not a whole number")
    return said


Key = Annotated[str, Header(..., alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Handle = Annotated[str, Path(..., pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Plain = Annotated[str, Query("", pattern=r"^[^\x00]*$", max_length=40)]
Whole = BeforeValidator(_whole)
Number = Annotated[int, Whole, Query(0, ge=0, le=2**62)]
Page = Annotated[int, Whole, Query(1, ge=1, le=100_000)]
Many = Annotated[int, Whole, Query(500, ge=1, le=2000)]

api = NinjaAPI(
    title="Pakkeforløp: signed-in interface",
    version="1",
    description="For systems with a key of their own. Each key has scopes and units.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="system_api",
)
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503), shapes.ProblemOut)


def _answers(shape: Any) -> dict[int, Any]:
    return {200: shape, **PROBLEMS}


@api.post("/registrations", auth=Bearer(Scope.REGISTRATIONS_WRITE), response=_answers(shapes.VerdictsOut))
def bring_registrations(
    request: HttpRequest,
    response: HttpResponse,
    body: shapes.RegistrationsIn,
    idempotency_key: Key,
) -> Any:
    """Each row is done on its own and has its own verdict: a row that cannot be taken stops no other.

    A row without `registration_id` is a new registration; with one, it corrects that registration, or withdraws it by
    an empty code. The same `Idempotency-Key` with the same body gets the same answer and does nothing twice.
    """
    return once(request, response, idempotency_key, lambda: registrations.taken(request, idempotency_key, body.rows))


@api.post("/events", auth=Bearer(Scope.EVENTS_WRITE), response=_answers(shapes.EventsOut))
def bring_events(
    request: HttpRequest,
    response: HttpResponse,
    body: shapes.EventsIn,
    idempotency_key: Key,
) -> Any:
    """Attendances, answers, decisions and bookings of other systems; codes are proposed from them, never registered.

    An event with a known `event_id` that says something else changes it.
    """
    return once(request, response, idempotency_key, lambda: _events(request, body))


@api.get("/worklist", auth=Bearer(Scope.WORKLIST_READ), response=_answers(shapes.WorklistOut))
def worklist(
    request: HttpRequest,
    page: Page = 1,
    pathway: Plain = "",
    unit: Plain = "",
    flag: Plain = "",
) -> Any:
    """Open pathways of the key's units, fifty to a page, the most urgent first."""
    return reading.listed(request, page=page, pathway=pathway, unit=unit, flag=flag)


@api.post("/patients/find", auth=Bearer(Scope.EPISODES_READ), response=_answers(shapes.FindOut))
def find(request: HttpRequest, body: shapes.FindIn) -> Any:
    """The handle that stands for a patient in addresses."""
    return reading.found(request, body.patient_id)


@api.get("/patients/{handle}/episodes", auth=Bearer(Scope.EPISODES_READ), response=_answers(shapes.EpisodesOut))
def episodes(request: HttpRequest, handle: Handle) -> Any:
    """A patient's pathway instances as of today, each with the engine's own explanation."""
    return reading.told(request, handle)


@api.get("/changes", auth=Bearer(Scope.CHANGES_READ), response=_answers(shapes.ChangesOut))
def changes(request: HttpRequest, after: Number = 0, limit: Many = 500) -> Any:
    """Versions of registrations in the order the store learnt of them. Ask again with `after` = the `next` before."""
    return reading.changed(request, after=after, limit=limit)


def _events(request: Any, body: shapes.EventsIn) -> dict[str, Any]:
    """Events of the key's own units; those of others are refused, and so are those that cannot be read."""
    scope: Units = request.access.scope(Right.CODE)
    rows = [{**row.dict(), "source": request.user.username[:40]} for row in body.rows]
    inside = [number for number, row in enumerate(rows, 1) if _is_own(scope, row)]
    mine = [rows[number - 1] for number in inside]
    loaded = load("events", mine, on=clock.today(), at=clock.now(), by=request.user.pk)
    outside = set(range(1, len(rows) + 1)) - set(inside)
    refused = [(number, "institution", "event_outside") for number in outside]
    refused += [(inside[each.row - 1], each.column, each.reason) for each in loaded.refused]
    return {
        "new": loaded.new, "changed": loaded.changed, "same": loaded.same,
        "refused": [_event_refusal(*each) for each in sorted(refused)],
    }  # fmt: skip


def _is_own(scope: Units, row: dict[str, str]) -> bool:
    """Whether an event is of the key's units; one without a pathway is, where the key is for all of the unit's."""
    at = units().resolve(row["institution"])
    return at is not None and scope.covers(at.org_nr, row["pathway"].strip().upper(), row["department"])


def _event_refusal(row: int, column: str, reason: str) -> dict[str, Any]:
    language = translation.get_language() or "nb"
    text = Stop(reason).sentence(language) if reason == "event_outside" else reasons()[reason][language]
    return {"row": row, "column": column, "reason": reason, "text": text}


# --- problems ---------------------------------------------------------------------------------------------------------


@api.exception_handler(SystemProblem)
def problem(request: Any, fault: SystemProblem) -> HttpResponse:
    """What is wrong, as problem+json."""
    return answer_of(request, fault)


@api.exception_handler(ValidationError)
def not_of_the_shape(request: Any, fault: ValidationError) -> HttpResponse:
    """Parts of a request that are not of the described shape, each with its place."""
    errors = [{"place": ".".join(str(part) for part in each["loc"]), "text": str(each["msg"])} for each in fault.errors]
    return answer_of(request, SystemProblem(422, "shape", count=len(errors)), errors=errors[:50])


@api.exception_handler(HttpError)
def unreadable(request: Any, fault: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return answer_of(request, SystemProblem(fault.status_code, "no_json"))


def answer_of(request: Any, fault: SystemProblem, *, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """The answer that tells of a fault."""
    body = fault.told(translation.get_language() or "nb", instance=request.path, documentation=f"{ROOT}/problems")
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=fault.status, headers=fault.headers, content_type=TYPE)
