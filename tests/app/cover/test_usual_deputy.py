"""Whom the form of handing over a list offers first: who-is-who's deputy, else the last one; never oneself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.access.people import BERGEN, client_for
from pakkeforlop.access.models import Post
from pakkeforlop.coordination.models import Cover
from pakkeforlop.coordination.queries.covers import usual_deputy
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 20)


@pytest.fixture(autouse=True)
def _thursday(settings: Any) -> None:
    settings.TODAY = TODAY.isoformat()


def post(kind: str, pathway: str, user: Any, last: date | None = None) -> None:
    Post.objects.create(
        kind=kind, org_nr=BERGEN, pathway=pathway, name=user.display_name, user=user, valid_from=date(2015, 1, 1), valid_to=last,
    )  # fmt: skip


def test_the_deputy_of_most_of_ones_pathways_comes_first_then_the_last_one_and_never_oneself():
    anker, lykt, bro = (client_for(("coordinator", BERGEN), username=name) for name in ("anker", "lykt", "bro"))
    assert usual_deputy(anker.user, on=TODAY) is None
    page = anker.get("/cover/").content.decode()
    assert f'<option value="{anker.user.pk}"' not in page
    Cover.objects.create(owner=anker.user, deputy=bro.user, first_day=TODAY, last_day=TODAY, made_at=clock.now())
    assert usual_deputy(anker.user, on=TODAY) == bro.user.pk
    for pathway, deputy in (("A01", lykt), ("A12", lykt), ("A26", bro)):
        post("coordinator", pathway, anker.user)
        post("deputy", pathway, deputy.user)
    assert usual_deputy(anker.user, on=TODAY) == lykt.user.pk
    assert f'<option value="{lykt.user.pk}" selected' in anker.get("/cover/").content.decode()
    Post.objects.filter(kind="deputy", user=lykt.user).update(valid_to=date(2022, 1, 19))
    assert usual_deputy(anker.user, on=TODAY) == bro.user.pk
    assert usual_deputy(lykt.user, on=TODAY) is None  # deputy for others is nobody's coordinator
