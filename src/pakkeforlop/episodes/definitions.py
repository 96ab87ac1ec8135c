"""Under which definitions the episodes of the store were linked: whether those of this process are others.

Definitions are the catalogue, the settings and the version of the rules' own code. Rows of before are as good as the
definitions they were made under; when these are others, everything is linked anew
(`coordination.actions.definitions`).
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from pakkeforlop.catalogue.digest import definitions_hash
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
