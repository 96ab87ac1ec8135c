"""Whether an assessment takes a referral into the pathways or out of them.

A referral that the sender has marked stands as in a pathway until somebody says otherwise, any other as ordinary.
"""

from __future__ import annotations

UP, DOWN = "up", "down"


def direction(marked: bool, before: str, became: str) -> str:
    """`up` into a pathway, `down` out of it, empty where it stays. `before`: the last assessment, empty for the first.

    before, became: "pathway" or "ordinary".
    """
    stood = before == "pathway" if before else marked
    stands = became == "pathway"
    return "" if stood == stands else UP if stands else DOWN
