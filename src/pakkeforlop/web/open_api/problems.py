"""Faults of a request as problem+json (RFC 9457): a sentence of what and where, and one of what to do now."""

from __future__ import annotations

from typing import Any, ClassVar

from pakkeforlop.web.words import load_words

TYPE = "application/problem+json"


class Problem(Exception):
    """What is wrong with a request. `key` names the text, `values` stand in it, `headers` go with the answer.

    The texts stand in a family of their own, `<family>.problem.<key>`.
    """

    family: ClassVar[str] = "open_api"

    def __init__(self, status: int, key: str, *, headers: dict[str, str] | None = None, **values: object) -> None:
        self.status, self.key, self.values, self.headers = status, key, values, headers or {}
        super().__init__(key, values)

    def told(self, language: str, *, instance: str, documentation: str) -> dict[str, Any]:
        """The answer's body."""
        words = load_words(language)
        about = f"{self.family}.problem.{self.key}"
        return {
            "type": f"{documentation}#{self.key.replace('_', '-')}",
            "title": words(f"{about}.title"),
            "status": self.status,
            "detail": words(f"{about}.detail", **self.values),
            "now": words(f"{about}.now", **self.values),
            "instance": instance,
        }
