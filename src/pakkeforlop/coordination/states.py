"""The states of what is worked on, and which may follow which; every other step is refused."""

from __future__ import annotations

APPOINTMENT_KINDS = (
    "attendance", "examination", "talk", "mdt", "surgery", "medical", "radiotherapy", "surveillance", "other",
)  # fmt: skip
TREATMENT_KINDS = {"surgery": "K", "medical": "M", "radiotherapy": "S", "surveillance": "O"}
"""Kinds of appointments that are a treatment, with the letter of the treatment code (list 9176)."""

APPOINTMENT_STATES = ("booked", "attended", "missed", "cancelled")
ANSWER_KINDS = ("pathology", "imaging", "other", "call")
PROPOSAL_STATES = ("open", "confirmed", "rejected")
REFERRAL_STATES = ("new", "pathway", "ordinary")
TASK_STATES = ("open", "done")

Steps = dict[str, frozenset[str]]

REFERRAL_STEPS: Steps = {
    "new": frozenset({"pathway", "ordinary"}),
    "ordinary": frozenset({"pathway"}),
    "pathway": frozenset({"ordinary"}),
}
"""A referral is assessed once, and may be assessed anew: the hospital has the last word (the guide on codes)."""

PROPOSAL_STEPS: Steps = {
    "open": frozenset({"confirmed", "rejected"}),
    "confirmed": frozenset({"open"}),
    "rejected": frozenset({"open"}),
}
"""A settled proposal may be taken up again: a rejection is undone, or the code that was confirmed is withdrawn."""

TASK_STEPS: Steps = {"open": frozenset({"done"}), "done": frozenset({"open"})}


class StepRefused(ValueError):
    """A step that the table does not have: `now` is where the thing stands, `wanted` where it should have gone."""

    def __init__(self, now: str, wanted: str) -> None:
        super().__init__(f"{now} -> {wanted}")
        self.now, self.wanted = now, wanted


def step(steps: Steps, now: str, wanted: str) -> str:
    """`wanted`, when the table allows it from `now`. Raises StepRefused."""
    if wanted not in steps[now]:
        raise StepRefused(now, wanted)
    return wanted
