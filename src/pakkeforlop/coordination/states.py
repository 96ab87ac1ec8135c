"""The states of what is worked on, and which may follow which; every other step is refused."""

from __future__ import annotations

APPOINTMENT_KINDS = (
    "attendance", "examination", "talk", "mdt", "surgery", "medical", "radiotherapy", "surveillance", "other",
)  # fmt: skip
TREATMENT_KINDS = {"surgery": "K", "medical": "M", "radiotherapy": "S", "surveillance": "O"}
"""Kinds of appointments that are a treatment, with the letter of the treatment code (list 9176)."""

BOOKED_AS = {
    **{kind: kind for kind in APPOINTMENT_KINDS if kind != "other"},
    "admission": "attendance", "imaging": "examination",
}  # fmt: skip
"""Kinds of events that are a visit or a treatment, with the kind of appointment that they are on the list."""

APPOINTMENT_STATES = ("booked", "attended", "missed", "cancelled")
ANSWER_KINDS = ("pathology", "imaging", "other", "call")
PROPOSAL_STATES = ("open", "confirmed", "changed", "rejected")
REFERRAL_STATES = ("new", "pathway", "ordinary")
TRANSFER_STATES = ("sent", "received", "accepted", "attended", "declined")
ACTIVE_TRANSFERS = frozenset({"sent", "received"})
"""On their way: the sender is responsible, and the receiver has something to do."""
CHANNELS = ("mail", "letter")
OUTGOING_STATES = ("waiting", "sent", "failed")

Steps = dict[str, frozenset[str]]

REFERRAL_STEPS: Steps = {
    "new": frozenset({"pathway", "ordinary"}),
    "ordinary": frozenset({"pathway"}),
    "pathway": frozenset({"ordinary"}),
}
"""A referral is assessed once, and may be assessed anew: the hospital has the last word (the guide on codes)."""

PROPOSAL_STEPS: Steps = {
    "open": frozenset({"confirmed", "changed", "rejected"}),
    "confirmed": frozenset({"open"}),
    "changed": frozenset({"open"}),
    "rejected": frozenset({"open"}),
}
"""A settled proposal may be taken up again: a rejection is undone, or the code that was confirmed is withdrawn."""

TRANSFER_STEPS: Steps = {
    "sent": frozenset({"received", "accepted", "declined"}),
    "received": frozenset({"accepted", "declined"}),
    "accepted": frozenset({"attended", "sent"}),
    "attended": frozenset({"sent"}),
    "declined": frozenset(),
}
"""Accepting acknowledges too. The receiver's start code withdrawn, the transfer is on its way again; one that was
declined is over, and the patient is sent anew."""

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
