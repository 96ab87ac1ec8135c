"""The signed-in interface's OpenAPI document taken at its word, with a key of every scope: right requests and wrong."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings

from app.system_api.asking import EVERY, key_for

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install schemathesis")
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("scope", EVERY)
def test_every_answer_is_as_the_document_says(scope: str, mode: str, tmp_path: Any) -> None:
    """Statuses, types and shapes of answers, what is refused and what is taken, methods that are not there."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    with override_settings(HOME=tmp_path, SYSTEM_API_PER_MINUTE=1_000_000, ALLOWED_HOSTS=["*"]):
        document = schemathesis.openapi.from_wsgi("/api/system/v1/openapi.json", WSGIHandler())
        key = key_for(scope)
        operations = [found.ok() for found in document.get_all_operations()]
        assert len(operations) == 6
        for operation in operations:
            _hold_to_it(operation, key, schemathesis.GenerationMode[mode])


def _hold_to_it(operation: Any, key: str, mode: Any) -> None:
    right = mode is schemathesis.GenerationMode.POSITIVE

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        if right and "Idempotency-Key" in case.headers:
            headers["Idempotency-Key"] = uuid4().hex  # each made-up request is a new one, so it has a key of its own
        case.call_and_validate(headers=headers)

    check()
