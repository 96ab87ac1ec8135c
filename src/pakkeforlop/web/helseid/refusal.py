"""Why a login by HelseID did not come about: what the person is told, and which check stopped it (for the log)."""

from __future__ import annotations

REASONS = ("cancelled", "stale", "unreachable", "untrusted", "weak", "unknown", "inactive", "taken", "other_person")
"""Keys of the sentences, `helseid.refused.<reason>`."""


class Refused(Exception):
    """Nobody was logged in or tied. `check` names what was wrong, without anything that HelseID told of a person."""

    def __init__(self, reason: str, check: str) -> None:
        super().__init__(f"{reason}: {check}")
        if reason not in REASONS:
            raise ValueError(reason)
        self.reason = reason
        self.check = check
