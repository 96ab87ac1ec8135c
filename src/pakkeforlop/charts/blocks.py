"""What a page is built of. Sections fill these with words and pictures; the template shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


def picture(svg: str) -> Markup:
    """A chart of ours, to be put into a page as it is: its builder has escaped every text."""
    return Markup(svg)  # noqa: S704


@dataclass(frozen=True)
class Head:
    """The head of a column; numbers stand right, `wide` columns are left out on a phone."""

    text: str
    num: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell. `sub` is a second line; `narrow` are facts shown on a phone instead of the columns left out."""

    text: str | Markup
    cls: str = ""
    href: str = ""
    sub: str = ""
    narrow: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """One row; the first cell is its head. A heading row spans the table."""

    cells: Sequence[Cell]
    heading: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a caption for screen readers, a subtitle above and notes below."""

    caption: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    title: str = ""
    subtitle: str = ""
    notes: Sequence[str] = ()
    size: str = ""
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Key:
    """A sign and its meaning."""

    sign: Markup
    text: str


@dataclass(frozen=True)
class Figure:
    """A chart for a wide page, for paper and for a phone, with title, subtitle, key and caption.

    `files`: the same chart as a file, with what the file is called. `printed`: whether it goes on a one-page sheet.
    """

    title: str
    wide: Markup
    paper: Markup
    narrow: Markup
    subtitle: str = ""
    keys: Sequence[Key] = ()
    caption: str = ""
    files: Sequence[tuple[str, str]] = ()
    printed: bool = True
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Prose:
    """Paragraphs."""

    paragraphs: Sequence[str]
    small: bool = False
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True)
class Note:
    """A paragraph with an edge: something that limits what can be read from the figures."""

    text: str
    kind: str = field(default="note", init=False)


@dataclass(frozen=True)
class Facts:
    """Terms with what they mean or hold."""

    pairs: Sequence[tuple[str, Sequence[str]]]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Links:
    """A list of addresses: address, what it is called, and a line about it."""

    items: Sequence[tuple[str, str, str]]
    across: bool = False
    kind: str = field(default="links", init=False)


@dataclass(frozen=True)
class Code:
    """Lines to be typed or copied."""

    text: str
    label: str
    kind: str = field(default="code", init=False)


@dataclass(frozen=True)
class Details:
    """Blocks that open on a click, and stand open on paper when `printed`."""

    summary: str
    blocks: Sequence[Block]
    printed: bool = True
    kind: str = field(default="details", init=False)


@dataclass(frozen=True)
class Pair:
    """Two columns side by side; `shape` is `a` (7:4), `half` (10:11) or empty (equal)."""

    left: Sequence[Block]
    right: Sequence[Block]
    shape: str = ""
    kind: str = field(default="pair", init=False)


Block = Table | Figure | Prose | Note | Facts | Links | Code | Details | Pair


@dataclass(frozen=True)
class Section:
    """A part of a page with its finding as heading."""

    key: str
    heading: str
    blocks: Sequence[Block]
    menu: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """One of the large figures at the top."""

    name: str
    value: str
    notes: Sequence[str] = ()
    words: bool = False
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class PageContent:
    """One page of the report."""

    file: str
    title: str
    what: str
    heading: str
    lead: Sequence[str]
    key_figures: Sequence[KeyFigure]
    notes: Sequence[Note]
    facts: Sequence[str]
    sections: Sequence[Section]
    crumb: str = ""
