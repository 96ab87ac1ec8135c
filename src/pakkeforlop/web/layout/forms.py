"""Faults of forms of other packages, in our words and in the reader's language."""

from __future__ import annotations

from typing import Any

from pakkeforlop.web.words import t


def fault_of(form: Any, name: str, family: str) -> str:
    """What is wrong with a field (`__all__` for the whole form); empty when nothing is.

    Looked up as `<family>.fault.<code>`; a code that has no text there is told in the package's own words.
    """
    found = form.errors.as_data().get(name, [])
    return " ".join(_sentence(error, family) for error in found)


def _sentence(error: Any, family: str) -> str:
    """One fault in words, its values filled in."""
    told = []
    for part in getattr(error, "error_list", [error]):
        key = f"{family}.fault.{part.code}"
        values = {name: str(value) for name, value in (part.params or {}).items()}
        told.append(t(key, **values) if part.code and t.has(key) else " ".join(part.messages))
    return " ".join(told)
