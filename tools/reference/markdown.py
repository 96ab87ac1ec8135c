"""The little Markdown that the reference pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

HEAD = "<!-- Written by `make docs`. Do not edit: change the code or the catalogue, and run it again. -->\n\n"


def cell(value: object) -> str:
    """A value as the text of a table cell: no line breaks, no bare bars."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split()).replace("|", "\\|")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a heading row."""
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def page(title: str, *parts: str) -> str:
    """A page: the notice that it is generated, the title, the parts with a blank line between."""
    return HEAD + f"# {title}\n\n" + "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def code(text: str, language: str = "text") -> str:
    """A block of code."""
    return f"```{language}\n{text.strip(chr(10)).rstrip()}\n```\n"
