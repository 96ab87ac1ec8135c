"""What is kept for a time alone, cleared when a new day begins: keys of posts, answers to systems, ended sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from pakkeforlop.access.actions.systems import LONGEST_WORK, forget_answers
from pakkeforlop.coding.actions.keys import forget_keys


@dataclass(frozen=True)
class Cleared:
    """How many rows of each kind went."""

    keys: int
    answers: int


def clear(*, at: datetime) -> Cleared:
    """Clear what is older than `ANSWERS_KEPT_DAYS`, and the sessions that have ended.

    The keys of single rows go before the answer to the whole request, and those made while it was at work with them: a
    request whose answer is forgotten is a new one, every row of it, and none is taken for one that was done.
    """
    before = at - timedelta(days=settings.ANSWERS_KEPT_DAYS)
    cleared = Cleared(keys=forget_keys(before=before + LONGEST_WORK), answers=forget_answers(before=before))
    SessionStore.clear_expired()
    return cleared
