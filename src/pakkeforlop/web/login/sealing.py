"""Secrets that are kept: encrypted with a key made from the server's secret key, one for each purpose."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["InvalidToken", "opened", "sealed"]


def sealed(text: str, *, purpose: str) -> str:
    """The text as it is kept."""
    return _safe(purpose).encrypt(text.encode()).decode("ascii")


def opened(kept: str, *, purpose: str) -> str:
    """The text again; InvalidToken when it was sealed with another key or for another purpose."""
    return _safe(purpose).decrypt(kept.encode("ascii")).decode()


def _safe(purpose: str) -> MultiFernet:
    """Encrypts with the secret key of today; reads with those of before too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{key}".encode()).digest())) for key in keys]
    )
