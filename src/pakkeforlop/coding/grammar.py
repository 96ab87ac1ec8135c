"""The grammar of a pathway code: a prefix, an event letter and, for some events, an outcome letter.

A code is read by position, never by its last letter: `A01A` is the start, `A01AA` the start by way of a contract
specialist, `A01CA` the decision "other disease".
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

SHAPE = re.compile(r"^([A-D]\d\d)([A-Z])([A-Z]?)$")
LIKE = 0.6
"""How like a code must be to be proposed in the place of one that does not exist."""


@dataclass(frozen=True)
class PathwayCode:
    """A code that exists in the catalogue it was read against; it cannot be made from anything else.

    PathwayCode("A12CK", known).pathway is "A12", .event "C", .outcome "K". ValueError for a code that is not known,
    naming the nearest one.
    """

    text: str

    def __init__(self, text: str, known: Collection[str]) -> None:
        if text not in known:
            near = nearest(text, known)
            hint = f" Did you mean {near}?" if near else ""
            raise ValueError(f"{text!r} is not a pathway code.{hint}")
        object.__setattr__(self, "text", text)

    @property
    def pathway(self) -> str:
        """The prefix (list 9173)."""
        return self.text[:3]

    @property
    def event(self) -> str:
        """The event letter (list 9174)."""
        return self.text[3]

    @property
    def outcome(self) -> str:
        """The outcome letter (lists 9175, 9176, 8380); empty where the event has none."""
        return self.text[4:]


def well_formed(text: str) -> bool:
    """Whether a text has the shape of a pathway code, known or not."""
    return SHAPE.match(text) is not None


def nearest(text: str, known: Collection[str]) -> str:
    """The known code that a wrong one was most likely meant to be: capitals, swapped letters, one letter off; ''
    if none is near. Codes of the same prefix come first.
    """
    plain = "".join(text.split()).upper()
    if plain in known:
        return plain
    same = sorted(code for code in known if code[:3] == plain[:3])
    swapped = next((code for code in same if sorted(code) == sorted(plain)), "")
    return swapped or next(iter(get_close_matches(plain, same or sorted(known), n=1, cutoff=LIKE)), "")
