"""All rules between definitions, run together."""

from __future__ import annotations

from pakkeforlop.catalogue.faults import Fault
from pakkeforlop.catalogue.validate import Parts


def check(parts: Parts) -> list[Fault]:
    """Every fault that shows only when the files are held against each other."""
    return []
