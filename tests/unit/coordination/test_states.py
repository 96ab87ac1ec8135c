"""The state tables, pair by pair: every pair of states is either a step or refused."""

from __future__ import annotations

from itertools import product

import pytest

from pakkeforlop.coordination.states import (
    PROPOSAL_STEPS,
    REFERRAL_STEPS,
    TASK_STEPS,
    TRANSFER_STEPS,
    StepRefused,
    step,
)

ALLOWED = {
    "referral": (REFERRAL_STEPS, {("new", "pathway"), ("new", "ordinary"), ("ordinary", "pathway"), ("pathway", "ordinary")}),
    "proposal": (PROPOSAL_STEPS, {("open", "confirmed"), ("open", "changed"), ("open", "rejected"), ("rejected", "open"), ("changed", "open"), ("confirmed", "open")}),
    "transfer": (
        TRANSFER_STEPS,
        {("sent", "received"), ("sent", "accepted"), ("sent", "declined"), ("received", "accepted"), ("received", "declined"),
         ("accepted", "attended"), ("accepted", "sent"), ("attended", "sent")},
    ),
    "task": (TASK_STEPS, {("open", "done"), ("done", "open")}),
}  # fmt: skip
PAIRS = [(name, *pair) for name, (steps, _) in ALLOWED.items() for pair in product(steps, steps)]


@pytest.mark.parametrize(("name", "now", "wanted"), PAIRS)
def test_a_step_is_taken_or_refused(name, now, wanted):
    steps, allowed = ALLOWED[name]
    if (now, wanted) in allowed:
        assert step(steps, now, wanted) == wanted
    else:
        with pytest.raises(StepRefused) as fault:
            step(steps, now, wanted)
        assert (fault.value.now, fault.value.wanted) == (now, wanted)


def test_every_state_can_be_reached():
    for steps, first in ((REFERRAL_STEPS, "new"), (PROPOSAL_STEPS, "open"), (TASK_STEPS, "open"), (TRANSFER_STEPS, "sent")):
        assert set(steps) == {first} | {to for reached in steps.values() for to in reached}
