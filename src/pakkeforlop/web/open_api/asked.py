"""What a request asks for: parameters read by the table that also makes the OpenAPI document, or a problem told."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pakkeforlop.publication.open_api.library import CURRENT, Library
from pakkeforlop.web.open_api.problems import Problem

NEAR = 5
"""So many values that are spelt alike are named beside an unknown one."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query. values: those that are known, by the library; none: anything of the kind goes."""

    name: str
    told: str
    kind: str = "string"
    many: bool = False
    values: Callable[[Library], Iterable[str]] | None = None
    least: int = 0
    most: int = 0
    default: int | str | None = None

    def schema(self, library: Library) -> dict[str, Any]:
        """Its schema, with the values that are known now."""
        one: dict[str, Any] = {"type": self.kind}
        if self.values is not None:
            one["enum"] = list(self.values(library))
        if self.kind == "integer":
            one |= {"minimum": self.least, "maximum": self.most}
        if self.default is not None:
            one["default"] = self.default
        return {"type": "array", "items": one, "minItems": 1} if self.many else one


def read_parameters(
    given: Iterable[tuple[str, list[str]]], parameters: Iterable[Parameter], library: Library
) -> dict[str, Any]:
    """Values by name; lists where several may be given. Raises Problem for what is not known."""
    table = {one.name: one for one in parameters}
    found: dict[str, Any] = {one.name: ([] if one.many else one.default) for one in table.values()}
    for name, values in given:
        if name not in table:
            raise Problem(400, "unknown_parameter", name=shortened(name), known=", ".join(sorted(table)) or "–")
        found[name] = _read(table[name], values, library)
    return found


def _read(one: Parameter, values: list[str], library: Library) -> Any:
    if len(values) > 1 and not one.many:
        raise Problem(400, "given_twice", name=one.name)
    if one.kind == "integer":
        return _whole(one, values[0])
    if one.values is not None:
        known = list(one.values(library))
        for value in values:
            if value not in known:
                near = difflib.get_close_matches(value[:100], known, NEAR, 0.4) or known[:NEAR]
                raise Problem(400, "unknown_value", name=one.name, value=shortened(value), near=", ".join(near))
    return list(dict.fromkeys(values)) if one.many else values[0]


def _whole(one: Parameter, value: str) -> int:
    digits = value[1:] if value.startswith("-") else value
    number = int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
    if number is None or not one.least <= number <= one.most:
        raise Problem(400, "not_a_number", name=one.name, value=shortened(value), least=one.least, most=one.most)
    return number


def shortened(text: str) -> str:
    """A value as it is told back: not longer than it need be to be known again."""
    return text if len(text) <= 60 else text[:59] + "…"


def column(name: str) -> Callable[[Library], list[str]]:
    """The values that a column of the figures has in any release."""

    def values(library: Library) -> list[str]:
        return library.values(name)

    return values


def releases(library: Library) -> list[str]:
    """Names of releases, and of the figures that stand."""
    return [CURRENT, *(one.name for one in library.every)]
