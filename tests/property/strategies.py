"""Random histories for Hypothesis: one or two patients, a few kinds of pathway, days that lie close or on an edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from factories import histories as pool

Given = list[dict[str, str]]


@dataclass(frozen=True)
class History:
    """Registrations, and what they are to be judged with."""

    rows: Given
    as_of: date
    patients: dict[str, tuple[date | None, str]] | None
    settings: dict[str, Any]


@st.composite
def rows(draw: st.DrawFn, max_size: int = 14) -> Given:
    """Rows of up to two patients around one day, in any order, some of them repeated exactly."""
    base = draw(st.sampled_from(pool.BASES))
    prefixes = draw(st.lists(st.sampled_from(pool.PREFIXES), min_size=1, max_size=2))
    places = draw(st.lists(st.sampled_from(pool.PLACES), min_size=1, max_size=4))
    ids = draw(st.sampled_from(["none", "all", "some"]))
    row = st.builds(
        lambda patient, prefix, suffix, step, place, identity, registered: {
            "patient_id": patient,
            "code": prefix + suffix,
            "event_date": pool.day(base, step),
            "institution": place,
            "registration_id": identity if ids != "none" else "",
            "registered_at": registered if ids != "none" else "",
        },
        st.sampled_from(["p1", "p1", "p1", "p2"]),
        st.sampled_from(prefixes),
        st.sampled_from(pool.SUFFIXES),
        st.sampled_from(pool.STEPS),
        st.sampled_from(places),
        st.integers(1, 40).map(str),
        st.sampled_from(pool.REGISTERED),
    )
    made = draw(st.lists(row, min_size=1, max_size=max_size))
    for position in draw(st.lists(st.integers(0, len(made) - 1), max_size=3)):
        made.append(dict(made[position]))
    for position in draw(st.lists(st.integers(0, len(made) - 1), max_size=2)):
        made[position] |= draw(
            st.sampled_from(
                [{"event_date": ""}, {"code": ""}, *({"code": code} for code in pool.RUBBISH), {"registration_id": ""}]
            )
        )
    made = [each for each in made if each["code"] or each["registration_id"]]
    return draw(st.permutations(made)) if made else [{**draw(row), "registration_id": "", "registered_at": ""}]


@st.composite
def histories(draw: st.DrawFn, max_size: int = 14) -> History:
    """Rows with an as-of day, perhaps a file of patients, perhaps settings of their own."""
    patients = draw(
        st.none()
        | st.dictionaries(
            st.sampled_from(["p1", "p2"]), st.tuples(st.sampled_from(pool.BIRTHS), st.just("")), max_size=2
        )
    )
    settings = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "stale_days": st.sampled_from([30, 365]),
                "include_postponed": st.booleans(),
                "p_counts_as_treatment_start": st.booleans(),
                "surveillance_without_limit_counts": st.booleans(),
            },
        )
    )
    return History(draw(rows(max_size)), draw(st.sampled_from(pool.AS_OF)), patients, settings)
