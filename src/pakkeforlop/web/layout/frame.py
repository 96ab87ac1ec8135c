"""What stands around every page: navigation by rights, the person, the language, and the mark of a demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from pakkeforlop.access.queries import unseen_count
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import COUNTRY, Access, units
from pakkeforlop.web import clock
from pakkeforlop.web.layout.undoing import Offered, offered
from pakkeforlop.web.words import LANGUAGES, t

NAVIGATION = (
    ("worklist", Right.WORKLIST),
    ("referrals", Right.REFERRALS),
    ("missing_codes", Right.CODING_LISTS),
    ("reporting", Right.REPORTING),
    ("transfers", Right.WORKLIST),
    ("tasks", Right.WORKLIST),
    ("find_patient", Right.PATIENT),
    ("figures", Right.FIGURES),
    ("directory", Right.DIRECTORY),
    ("openings", Right.OPENINGS),
    ("patient_log", Right.LOG),
    ("people", Right.PEOPLE),
)
"""Name of the route, and the right that shows it. The text is `layout.nav.<name>`."""


IN_LINE = 5
"""Links of the navigation that stand in a line where there are many; the rest is one step down."""


@dataclass(frozen=True)
class Link:
    """One entry of the navigation; `n` is how many wait there, `waits` the same in words."""

    url: str
    text: str
    current: bool
    n: int = 0
    waits: str = ""


class Frame:
    """Read by the base template, each part when it is asked for; a page without a person asks for none of them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._access: Access = getattr(request, "access", None) or Access()
        self.user: Any = request.user if self._access.grants or _is_logged_in(request) else None
        self.demo = bool(settings.DEMO)
        self.languages = LANGUAGES
        self._links: list[Link] | None = None
        self._undos: Offered | None = None

    @property
    def day(self) -> str:
        """The demo's day in words."""
        return t("layout.day_and_year", day=t.long_day(clock.today()), year=clock.today().year)

    @property
    def here(self) -> str:
        """The address of this page, to come back to after a change of language."""
        return self._request.get_full_path() if self._request.method == "GET" else "/"

    @property
    def links(self) -> list[Link]:
        """The families of pages that the person may see."""
        held = self._access.rights() if not getattr(self._request, "must_set_up", False) else frozenset()
        found = [(name, address(name)) for name, right in NAVIGATION if right in held]
        at = self._request.path
        if self._links is None:
            self._links = [self._link(name, url, at.startswith(url)) for name, url in found if url]
        return self._links

    def _link(self, name: str, url: str, current: bool) -> Link:
        """An entry; openings with a reason that nobody has looked at are counted for those who answer for the unit."""
        scope = self._access.scope(Right.OPENINGS)
        n = unseen_count(scope=scope, reader=self.user) if name == "openings" and self.user else 0
        return Link(url, t(f"layout.nav.{name}"), current, n, t.count(f"layout.waits.{name}", n) if n else "")

    @property
    def at_hand(self) -> list[Link]:
        """The links that stand in the line: all of a few; of many the first, and the one where the person is."""
        return self.links if len(self.links) <= IN_LINE + 1 else self.links[:IN_LINE]

    @property
    def further(self) -> list[Link]:
        """The links behind the word for more."""
        return self.links[len(self.at_hand) :]

    @property
    def further_waiting(self) -> int:
        """How much waits behind that word."""
        return sum(link.n for link in self.further)

    @property
    def waiting(self) -> int:
        """How much waits behind the menu, where it stands folded."""
        return sum(link.n for link in self.links)

    @property
    def notes(self) -> list[str]:
        """What the last change has to tell; the same of two clicks is told once."""
        return list(dict.fromkeys(str(note) for note in get_messages(self._request))) if self.user else []

    @property
    def undos(self) -> Offered:
        """What the last change can be taken back by."""
        if self._undos is None:
            self._undos = offered(self._request) if self.user else Offered()
        return self._undos

    @property
    def unit(self) -> str:
        """The name of the person's first unit."""
        return unit_name(self._access.home) if self._access.home else ""

    @property
    def role(self) -> str:
        """The person's first role in words."""
        return t(f"layout.role.{self._access.role}") if self._access.role else ""

    @property
    def search(self) -> str:
        """Where a patient is searched for; empty for one who sees no patients."""
        shown = Right.WORKLIST in self._access.rights() and not getattr(self._request, "must_set_up", False)
        return address("worklist") if shown else ""

    @property
    def single_keys(self) -> bool:
        """Whether single keys act in lists; the person can switch them off (WCAG 2.1.4)."""
        return bool(getattr(self.user, "single_keys", False))


def address(name: str) -> str:
    """The address of a page that needs no parts; empty when there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def unit_name(org_nr: str) -> str:
    """The name of a unit as people say it; the number itself when it is not known."""
    if org_nr == COUNTRY:
        return t("layout.country")
    unit = units().resolve(org_nr)
    return unit.name if unit else org_nr


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` and `user` for every template."""
    made = Frame(request)
    return {"frame": made, "user": made.user}


def _is_logged_in(request: HttpRequest) -> bool:
    """Whether somebody is logged in; False on a page that failed before that was known."""
    user = getattr(request, "user", None)
    return bool(user is not None and getattr(request, "access", None) is not None and user.is_authenticated)
