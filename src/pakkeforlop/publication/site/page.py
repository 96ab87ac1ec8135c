"""One page as it is before it is written as HTML, PDF or pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pakkeforlop.charts.blocks import Block, KeyFigure, Note, Section

MENU = (
    ("cancers", ""),
    ("hospitals", "sykehus/"),
    ("compare", "sammenlign/"),
    ("method", "slik-teller-vi/"),
    ("download", "last-ned/"),
)
"""The entries of the menu, and the paths they lead to."""


@dataclass(frozen=True)
class Choice:
    """One field of the form on the page for comparing: a name, a label, the values with their words, what is chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str = ""


@dataclass(frozen=True)
class Page:
    """What a page says. path: its address without language. charts: drawn for a page, by name, for files of their own.

    paper: whether there is a one-pager of it. find: the words searched for (None: no field); suggestions: for it.
    """

    path: str
    menu: str
    title: str
    heading: str
    lead: Sequence[str] = ()
    crumbs: Sequence[tuple[str, str]] = ()
    key_figures: Sequence[KeyFigure] = ()
    notes: Sequence[Note] = ()
    small: Sequence[tuple[str, str]] = ()
    """Lines under the lead, each with the address that opens its figure."""
    sections: Sequence[Section] = ()
    charts: Mapping[str, str] = field(default_factory=dict)
    paper: bool = False
    find: str | None = None
    suggestions: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    ways: Sequence[tuple[str, str, str]] = ()
    before: Sequence[Block] = ()
    """Blocks that stand over the first section, without a heading of their own."""
    own_source: bool = False
    """Whether the page is of other figures than the release's, and tells of their source itself."""
    status: int = 200
