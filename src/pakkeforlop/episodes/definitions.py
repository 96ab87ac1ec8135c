"""Under which definitions the episodes of the store were linked: whether those of this process are others.

Definitions are the catalogue, the settings and the version of the rules' own code. Rows of before are as good as the
definitions they were made under; when these are others, everything is linked anew
(`coordination.actions.definitions`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version

from pakkeforlop.catalogue.digest import definitions_hash
from pakkeforlop.coding.models import Registration
from pakkeforlop.episodes import store
from pakkeforlop.episodes.models import Definitions


def digest() -> str:
    """The definitions of this process in one word."""
    ready = store.engine()
    told = definitions_hash(ready.catalogue), ready.settings.model_dump_json(), version("pakkeforlop")
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def linked_under() -> str:
    """The definitions that everything in the store was linked under last; empty where nobody noted it."""
    return Definitions.objects.order_by("-pk").values_list("digest", flat=True).first() or ""


def are_others() -> bool:
    """Whether the store was linked under other definitions than those of this process."""
    return linked_under() != digest()


def note(*, at: datetime, patients: int) -> None:
    """Everything is linked under the definitions of this process now."""
    Definitions.objects.create(digest=digest(), since=at, patients=patients)


def begin(*, at: datetime) -> None:
    """A store without a registration begins under the definitions of this process."""
    if not Registration.objects.exists() and are_others():
        note(at=at, patients=0)
