"""Who we are towards HelseID: its address, our name there, our signing key, and how strong a login must be."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pakkeforlop.vocabulary.errors import UnreadableFault

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SIGNING = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Asymmetric algorithms that HelseID's security profile allows, for our key and for its tokens."""
SCOPES = ("openid", "profile", "helseid://scopes/identity/security_level")
"""The least that tells a person from another: no national identity number is asked for, and none is kept."""


@dataclass(frozen=True)
class Profile:
    """`issuer` without a slash at the end; `key` a private JSON Web Key with `kid` and `alg`; `level` 1 to 4."""

    issuer: str
    client_id: str
    key: dict[str, Any]
    level: int

    @property
    def here(self) -> bool:
        """The provider is on this machine, so without TLS: tests, and trying out."""
        return is_here(self.issuer)


def is_here(address: str) -> bool:
    """An address on this machine."""
    return urlsplit(address).hostname in LOOPBACK


@lru_cache(maxsize=8)
def profile_of(issuer: str, client_id: str, key_file: str, level: int) -> Profile:
    """The profile of these settings. UnreadableFault tells which setting is wrong, and what to do.

    The key's file may be read by the service's user alone; it is the one HelseID's self-service gave, a private JSON
    Web Key.
    """
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here(issuer)):
        raise UnreadableFault("helseid_address", value=issuer)
    if not client_id:
        raise UnreadableFault("helseid_client")
    if not 1 <= level <= 4:
        raise UnreadableFault("helseid_level", value=level)
    return Profile(issuer, client_id, _key(Path(key_file)), level)


def _key(file: Path) -> dict[str, Any]:
    """The private key, checked so far that signing will not fail on the first login."""
    from jwskate import Jwk

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFault("helseid_no_key", file=str(file)) from error
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnreadableFault("helseid_open_key", file=str(file))
    try:
        found: dict[str, Any] = json.loads(text)
        key = Jwk(found)
    except Exception as error:
        raise UnreadableFault("helseid_bad_key", file=str(file)) from error
    if not key.is_private or key.is_symmetric or not found.get("kid") or found.get("alg") not in SIGNING:
        raise UnreadableFault("helseid_bad_key", file=str(file))
    return found
