"""Texts by name in one language. A missing name or value is an error where it is asked for, never an empty page."""

from __future__ import annotations

from typing import Any, ClassVar

from pakkeforlop.vocabulary.formats import Formats


class MissingText(KeyError):
    """A text that the language file does not have."""

    def __str__(self) -> str:
        return f"there is no text named {self.args[0]!r} in {self.args[1]}.toml"


class Texts:
    """The texts of one language: `words("share.in_time", rate="74 av 100")`.

    entries: the texts by name, in tables. formats: how numbers and dates are written; else as `format` in entries says.
    """

    last_of_a_list: ClassVar[str] = "join.and"
    """The name of the word before the last of a list."""

    def __init__(self, language: str, entries: dict[str, Any], formats: Formats | None = None) -> None:
        self.language = language
        self._entries = entries
        self.format = formats or Formats(entries["format"])

    def _find(self, name: str) -> Any:
        found: Any = self._entries
        for part in name.split("."):
            if not isinstance(found, dict) or part not in found:
                raise MissingText(name, self.language)
            found = found[part]
        return found

    def has(self, name: str) -> bool:
        """True when the text exists."""
        try:
            self._find(name)
        except MissingText:
            return False
        return True

    def __call__(self, name: str, /, **values: object) -> str:
        """The text with its values filled in."""
        text = self._find(name)
        if not isinstance(text, str):
            raise MissingText(name, self.language)
        return text.format(**values)

    def many(self, name: str) -> list[str]:
        """A list of texts."""
        found = self._find(name)
        if not isinstance(found, list):
            raise MissingText(name, self.language)
        return [str(text) for text in found]

    def count(self, name: str, number: int, /, **values: object) -> str:
        """The form of a text for a number: `zero` where there is one, `one`, or `other`; `{n}` is the number."""
        forms = self._find(name)
        if not isinstance(forms, dict):
            raise MissingText(name, self.language)
        form = "zero" if number == 0 and "zero" in forms else "one" if number == 1 else "other"
        return str(forms[form]).format(n=self.format.integer(number), word=self.format.word(number), **values)

    def joined(self, parts: list[str]) -> str:
        """Words with commas and an `and` before the last."""
        if len(parts) < 2:
            return "".join(parts)
        return ", ".join(parts[:-1]) + f" {self(self.last_of_a_list)} " + parts[-1]
