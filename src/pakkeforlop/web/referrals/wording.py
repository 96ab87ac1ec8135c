"""Pathways of referrals in words."""

from __future__ import annotations

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words


def pathway_of(prefix: str, t: Words) -> str:
    """`Brystkreft A01`; the letters themselves where they name none."""
    pathway = load_catalogue().pathways.get(prefix)
    return f"{pathway.short.of(t.language)} {prefix}" if pathway else prefix


def choices(t: Words) -> list[tuple[str, str]]:
    """The pathways that a referral can start today, by name."""
    today = clock.today()
    known = [
        (prefix, pathway_of(prefix, t))
        for prefix, one in load_catalogue().pathways.items()
        if one.introduced <= today and (one.last_day is None or one.last_day >= today) and one.code[0] in "ABC"
    ]
    return sorted(known, key=lambda pair: pair[1])
