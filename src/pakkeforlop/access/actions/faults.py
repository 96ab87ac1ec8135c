"""What cannot be saved, by field: the key of a sentence for each."""

from __future__ import annotations


class Faults(ValueError):
    """`by_field` holds the key of a sentence for each field that is wrong; nothing was saved."""

    def __init__(self, by_field: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {key}" for field, key in by_field.items()))
        self.by_field = by_field


def refuse(by_field: dict[str, str]) -> None:
    """Raises when something is wrong."""
    if by_field:
        raise Faults(by_field)
