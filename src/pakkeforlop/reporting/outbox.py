"""The folder with the packed messages of submissions, and the store's own secret behind patients' numbers in them."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings

from pakkeforlop.exchange.npr.persons import read_secret
from pakkeforlop.reporting.faults import Refused

ABANDONED_AFTER = 3600
"""Seconds after which a folder that no submission knows was left by a run that was stopped."""


def outbox() -> Path:
    """The folder, for its owner alone."""
    folder = Path(settings.HOME) / "outbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def files_of(folder: str, names: Collection[tuple[str, str]]) -> dict[str, bytes]:
    """The packed messages of a submission, each with the hash that it had when it was made. Refused otherwise."""
    import hashlib

    found = {}
    for name, sha256 in names:
        path = outbox() / folder / f"{name}.zip"
        if not path.is_file():
            raise Refused("files_gone")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Refused("files_changed", name=path.name)
        found[path.name] = content
    return found


def clear_abandoned(known: Collection[str], *, at: datetime) -> None:
    """Remove folders that no submission knows: of runs that were stopped long before `at`."""
    for path in outbox().iterdir():
        if path.name not in known and path.stat().st_mtime < at.timestamp() - ABANDONED_AFTER:
            shutil.rmtree(path, ignore_errors=True)


def own_secret() -> bytes:
    """The secret from which a patient gets the same number every month; made once, readable by its owner alone."""
    path = Path(settings.HOME) / "reporting_key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    found = read_secret(path)
    assert found is not None
    return found
