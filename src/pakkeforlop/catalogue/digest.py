"""What definitions were, in one word."""

from __future__ import annotations

import hashlib

from pakkeforlop.catalogue.model import Catalogue


def definitions_hash(catalogue: Catalogue) -> str:
    """What the definitions were: the same for the same catalogue, whatever folder it stands in."""
    return hashlib.sha256(catalogue.model_dump_json().encode()).hexdigest()
