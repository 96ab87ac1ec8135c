"""A request that changes something is done once: the same `Idempotency-Key` again gets the first answer again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from pakkeforlop.access.actions.systems import begin_answer, drop_answer, keep_answer
from pakkeforlop.web import clock
from pakkeforlop.web.system_api.problem import SystemProblem


def once(request: Any, response: HttpResponse, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of `work`; `response` says where it was given before. The work itself may be done again after a crash.

    422 when the key was used for another body, 409 while the first request is at work.
    """
    body = b"\0".join((request.path.encode(), request.body))
    answer, ours = begin_answer(request.key, name, hashlib.sha256(body).hexdigest(), at=clock.now())
    if not ours:
        if answer.digest != hashlib.sha256(body).hexdigest():
            raise SystemProblem(422, "key_for_another", name=name)
        if not answer.status:
            raise SystemProblem(409, "still_working", headers={"Retry-After": "2"})
        response["Idempotency-Replayed"] = "true"
        return dict(answer.body)
    try:
        told = work()
    except BaseException:
        drop_answer(answer)
        raise
    keep_answer(answer, status=200, body=told)
    return told


def key_of_row(request: Any, name: str, row: int) -> str:
    """The key under which one row of a request is done: 64 signs."""
    return hashlib.sha256(f"{request.key.number} {name} {row}".encode()).hexdigest()
