"""No time is invented: a missing point gives an empty time, never zero and never "within"."""

from __future__ import annotations

from hypothesis import given, settings

from property.engines import linked
from property.strategies import History, histories

SPANS = {
    "of1": ("start_date", "first_attendance_date"),
    "of2": ("first_attendance_date", "decision_date"),
    "of3": ("decision_date", "treatment_date"),
    "of4": ("start_date", "treatment_date"),
}


@settings(max_examples=120)
@given(histories())
def test_every_time_is_between_two_points(history: History) -> None:
    """Date minus date where both are there and in order, else empty. (P in the place of the treatment apart.)"""
    if history.settings.get("p_counts_as_treatment_start"):
        return
    for episode in linked(history).episodes:
        for span, (first, last) in SPANS.items():
            days = episode[f"{span}_days"]
            if episode[first] is None or episode[last] is None or episode[last] < episode[first]:
                assert days is None
            else:
                assert days == (episode[last] - episode[first]).days


@settings(max_examples=120)
@given(histories())
def test_the_whole_is_its_parts(history: History) -> None:
    """OF4 = OF1 + OF2 + OF3 where all are there."""
    for episode in linked(history).episodes:
        parts = [episode[f"of{n}_days"] for n in (1, 2, 3)]
        if None not in parts:
            assert episode["of4_days"] == sum(parts)


@settings(max_examples=120)
@given(histories())
def test_within_is_said_only_of_what_counts(history: History) -> None:
    """An episode that counts has a time and a limit, and is within when the one is no longer than the other."""
    for episode in linked(history).episodes:
        if episode["share_reason"] == "counts":
            assert episode["share_within"] == (episode["share_days"] <= episode["share_limit"])
        else:
            assert episode["share_within"] is None
        assert (episode["share_reason"] == "open") == (episode["end_date"] is None)


@settings(max_examples=120)
@given(histories())
def test_points_lie_in_their_episode(history: History) -> None:
    """No point stands before the start or after the end, and episodes are numbered from 1 by their start."""
    numbers: dict[tuple[str, str], list[tuple[int, object]]] = {}
    for episode in linked(history).episodes:
        last = episode["end_date"]
        for point in ("first_attendance_date", "decision_date", "treatment_date"):
            day = episode[point]
            assert day is None or day >= episode["start_date"]
            assert day is None or last is None or day <= last
        numbers.setdefault((episode["patient_id"], episode["pathway"]), []).append(
            (episode["episode"], episode["start_date"])
        )
    for own in numbers.values():
        assert [number for number, _ in sorted(own)] == list(range(1, len(own) + 1))
        assert [day for _, day in sorted(own)] == sorted(day for _, day in own)
