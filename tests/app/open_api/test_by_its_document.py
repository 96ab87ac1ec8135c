"""The OpenAPI document taken at its word: requests made up from it, right ones and wrong ones, and answers held to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pakkeforlop.web.open_api.urls import ENDPOINTS

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install schemathesis")
pytestmark = pytest.mark.slow
TAKES_PARTS_OR_PARAMETERS = [one.path for one in ENDPOINTS if one.parts or one.asked]


@pytest.fixture(scope="module")
def document(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The interface over a shelf, asked through WSGI. A connection that another test left open is left alone."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections
    from django.test import override_settings

    home = tmp_path_factory.mktemp("home")
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    with override_settings(RELEASES=str(shelf), HOME=home, API_PER_MINUTE=1_000_000, ALLOWED_HOSTS=["*"]):
        yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", TAKES_PARTS_OR_PARAMETERS)
def test_every_answer_is_as_the_document_says(document: Any, path: str, mode: Any) -> None:
    operation = document[f"/{path}"]["GET"]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    asked()
