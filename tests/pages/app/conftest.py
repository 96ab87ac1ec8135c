"""The application in a real browser: a live server, a morning at one hospital, and people who log in."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from app.conftest import _append_only_tables_can_be_emptied, django_db_modify_db_settings  # noqa: F401
from app.work.filling import FORDE, HAUKELAND, TODAY, fill
from pakkeforlop.exchange.generate.ward.ward import Ward, inbox, joined, morning

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop in the thread of the tests


@pytest.fixture(scope="session")
def morning_ward() -> Ward:
    """Some thirty open pathways at Haukeland on Thursday 20 January 2022, and nine referrals."""
    return joined(
        [
            morning(today=TODAY, seed=4, hospital=HAUKELAND, other=FORDE, size=34),
            inbox(today=TODAY, seed=5, hospital=HAUKELAND),
        ]
    )


@pytest.fixture
def site(settings: Any, live_server: Any, morning_ward: Ward) -> str:
    """The address of the application, with the demo's people and the morning's patients in it."""
    from pakkeforlop.access.demo import people
    from pakkeforlop.coordination.models import Responsibility, WorklistRow
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.web import clock

    settings.TODAY = TODAY.isoformat()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    made = people(hospital=HAUKELAND, other_hospital=FORDE, on=TODAY)
    fill(morning_ward)
    bare = WorklistRow.objects.filter(owner=None)
    Responsibility.objects.bulk_create(
        [Responsibility(patient_id=row.patient_id, pathway=row.pathway, owner=made["anker"], since=row.changed_at) for row in bare]
    )
    refresh([row.patient_id for row in bare], on=TODAY, at=clock.now())
    return live_server.url


@pytest.fixture
def log_in(site: str) -> Callable[[Any, str], None]:
    """Call `log_in(context, "anker")`: the browser session is that user's from then on."""
    from pakkeforlop.access.models import User

    def enter(context: Any, username: str) -> None:
        client = Client()
        client.force_login(User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend")
        name = configured.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return enter
