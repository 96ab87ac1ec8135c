"""What another system may do with a key: scopes, and the key's own form. For which units follows its assignments."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from enum import StrEnum

from pakkeforlop.access.rights import Role

ROLE = Role.COORDINATOR
"""The role of a system's assignments: what its scopes can name lies within it."""
BEGIN = "pf"
FORM = re.compile(r"pf_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class Scope(StrEnum):
    """One thing that a key lets its system do."""

    REGISTRATIONS_WRITE = "registrations.write"
    EVENTS_WRITE = "events.write"
    WORKLIST_READ = "worklist.read"
    EPISODES_READ = "episodes.read"
    CHANGES_READ = "changes.read"


def new_key() -> tuple[str, str, str]:
    """The key as the system gets it, its number, and the digest that is kept. 256 random bits need no slow digest."""
    number, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return f"{BEGIN}_{number}_{secret}", number, digest_of(secret)


def digest_of(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def parts_of(key: str) -> tuple[str, str] | None:
    """Number and secret of a key as it was sent; None for what cannot be one."""
    found = FORM.fullmatch(key)
    return (found[1], found[2]) if found else None


def is_secret(secret: str, digest: str) -> bool:
    """Whether the secret is the one of the digest, in a time that tells nothing."""
    return hmac.compare_digest(digest_of(secret), digest)
