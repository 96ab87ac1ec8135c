"""What the register will say of a period, before it is sent: the engine's messages on the registrations that hold."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from pakkeforlop.access.queries import within
from pakkeforlop.access.scope import Scope, expand
from pakkeforlop.coding.models import Registration
from pakkeforlop.episodes.models import EpisodeMessage

OWN_FROM = 900
"""Our own warnings have numbers from here; the register does not know them."""


def foreseen(sender: str, period: tuple[date, date], *, scope: Scope | None = None) -> QuerySet[EpisodeMessage]:
    """The messages on a sender's rows of a period, and on its rows without a date (which cannot be sent).

    scope: those of someone's units only.
    """
    day = "registration__event_date"
    inside = Q(**{f"{day}__range": period}) | Q(**{f"{day}__isnull": True})
    rows = EpisodeMessage.objects.filter(inside, number__lt=OWN_FROM)
    orgs = expand(sender, period[1])
    if orgs is not None:
        here = Q(event_date__range=period) | Q(event_date__isnull=True), Q(institution__in=sorted(orgs))
        # found through the unit's patients, so that the messages of the whole store are not read through
        rows = rows.filter(patient__in=Registration.objects.filter(*here).values("patient"))
        rows = rows.filter(registration__institution__in=sorted(orgs))
    if scope is not None:
        rows = rows.filter(within(scope, orgs=("registration__institution",), pathway="registration__code"))
    return rows.select_related("patient", "registration").order_by("number", day, "pk")
