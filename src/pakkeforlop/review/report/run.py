"""What all sections of a report ask for: the year, its figures and episodes, names of units and pathways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from pakkeforlop.catalogue.model import Catalogue, Family, Pathway
from pakkeforlop.review.report.cells import WHOLE, Cells, Share, share_of
from pakkeforlop.review.report.columns import Coded, Episodes, Mask
from pakkeforlop.review.report.inputs import ReportInput
from pakkeforlop.review.texts.load import Texts
from pakkeforlop.vocabulary.calendar import day_number, day_of

COUNTRY_FROM = 15
"""With so many trusts or more, the whole is called the country."""

TOLD_PER_HUNDRED = 50
"""From so many counted pathways on, a share is told as so many of 100; below, the counts themselves are told."""


@dataclass(frozen=True)
class Scope:
    """What a page is about: one pathway, or all organ-specific ones together (`pathway` None)."""

    key: str
    prefixes: frozenset[str]
    pathway: Pathway | None
    family: Family | None

    @property
    def ending(self) -> str:
        """What the share's time runs to: treatment, or decision in the diagnostic pathway; `spans` where there is no
        share, and each time stands by itself.
        """
        if self.family is not None and not self.family.share_to:
            return "spans"
        return "decision" if self.family is not None and self.family.share_to == "decision" else "treatment"

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that make up the share's time."""
        if self.ending == "spans":
            return ()
        return ("of1", "of2") if self.ending == "decision" else ("of1", "of2", "of3")


class Run:
    """One run of the monitor, as the report sees it in one language."""

    def __init__(self, data: ReportInput, catalogue: Catalogue, texts: Texts, ending: str = ".html") -> None:
        self.data = data
        self.ending = ending
        self.catalogue = catalogue
        self.texts = texts
        self.format = texts.format
        self.language = texts.language
        self.as_of = data.as_of
        self.episodes = Episodes(data.episodes)
        self.year = data.year or self._newest_year()
        self.first_day = day_number(date(self.year, 1, 1))
        self.last_day = day_number(date(self.year, 12, 31))
        self.cells = Cells(data.indicators, year=self.year)

    def _newest_year(self) -> int:
        """The newest year with counted episodes that has come a tertial or more by the as-of day, else the newest."""
        ends = self.episodes.end[self.episodes.counted]
        if len(ends) == 0:
            return day_of(self.as_of).year
        years = np.unique(ends.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970).tolist()
        told = [year for year in years if day_number(date(year, 4, 30)) <= self.as_of]
        return int(max(told or years))

    def page(self, name: str) -> str:
        """The file of a page in this run's language: the overview is `index`, a pathway's page its key."""
        return f"{name}{self.ending}"

    # --- periods ---------------------------------------------------------------------------------------------------

    @property
    def begins(self) -> date:
        """The first day of the year reported."""
        return date(self.year, 1, 1)

    @property
    def year_is_whole(self) -> bool:
        """True when the as-of day lies on or after the last day of the year."""
        return self.as_of >= self.last_day

    @property
    def period(self) -> str:
        """The year as the page names it."""
        return str(self.year)

    def is_filled(self, begins: date, after: date) -> bool:
        """True when data from `begins` up to but not including `after` were filled in or made."""
        first, last = day_number(begins), day_number(after) - 1
        return any(mark.from_day <= last and mark.to_day >= first for mark in self.data.marks)

    # --- scopes ----------------------------------------------------------------------------------------------------

    @cached_property
    def scopes(self) -> list[Scope]:
        """A scope for each pathway met in the episodes, in the order of their prefixes."""
        met: list[int] = np.unique(self.episodes.pathway.code).tolist()
        prefixes = sorted(self.episodes.pathway.names[code] for code in met)
        return [self._scope(self.catalogue.pathways[p]) for p in prefixes if p in self.catalogue.pathways]

    def _scope(self, pathway: Pathway) -> Scope:
        return Scope(pathway.key, frozenset({pathway.code}), pathway, self.catalogue.families[pathway.family])

    @cached_property
    def whole(self) -> Scope:
        """What the overview is about: all organ-specific pathways, or the only pathway there is."""
        organ = [scope for scope in self.scopes if scope.family and scope.family.key == "organ_specific"]
        if len(self.scopes) == 1:
            return self.scopes[0]
        if organ or not self.scopes:
            return Scope(WHOLE, frozenset().union(*(scope.prefixes for scope in organ)), None, None)
        return max(self.scopes, key=lambda scope: (self.in_scope(self.counted, scope).count, scope.key))

    def is_whole(self, scope: Scope) -> bool:
        """True for the scope of the overview."""
        return scope.key == self.whole.key

    @cached_property
    def counted(self) -> Episodes:
        """The episodes in the share that ended in the year."""
        return self.episodes.take(self.ended_in_year & self.episodes.counted)

    @cached_property
    def ended_in_year(self) -> Mask:
        """Episodes that ended in the year."""
        end = self.episodes.end
        return (end >= self.first_day) & (end <= self.last_day)

    @cached_property
    def ended(self) -> Episodes:
        """The episodes that ended in the year."""
        return self.episodes.take(self.ended_in_year)

    @cached_property
    def open(self) -> Episodes:
        """The episodes without an end."""
        return self.episodes.take(self.episodes.open)

    def mask(self, episodes: Episodes, scope: Scope) -> Mask:
        """Which of `episodes` belong to the scope."""
        numbers = [i for i, name in enumerate(episodes.pathway.names) if name in scope.prefixes]
        return np.isin(episodes.pathway.code, numbers)

    def in_scope(self, episodes: Episodes, scope: Scope) -> Episodes:
        """The episodes of the scope."""
        return episodes.take(self.mask(episodes, scope))

    # --- figures ---------------------------------------------------------------------------------------------------

    def share(self, scope: Scope, *, org_nr: str = "", year: int = 0) -> Share | None:
        """The share in time of the year; None where nothing was counted."""
        begins = date(year or self.year, 1, 1)
        return share_of(self.cells.get("of4_share", scope.key, begins=begins, org_nr=org_nr))

    def inclusion(self, scope: Scope, *, org_nr: str = "", year: int = 0) -> Share | None:
        """The inclusion share of the year; None where nothing was counted."""
        begins = date(year or self.year, 1, 1)
        return share_of(self.cells.get("inclusion_share", scope.key, begins=begins, org_nr=org_nr))

    @property
    def has_inclusion(self) -> bool:
        """True when new cancers were given."""
        return bool(self.cells.begins("inclusion_share", "year"))

    @property
    def target(self) -> float:
        """The target of the share in percent."""
        indicator = self.catalogue.indicators.get("of4_share")
        given = indicator.target_percent if indicator is not None else None
        return self.catalogue.settings.target_percent if given is None else given

    @property
    def target_word(self) -> str:
        """The target as it is written."""
        return self.format.decimal(self.target, 0 if self.target == round(self.target) else 1)

    def per_hundred(self, within: int, total: int) -> str:
        """A share of 100, never rounded over the target."""
        return self.format.per_hundred(within, total, target=self.target)

    def rate(self, within: int, total: int) -> str:
        """`74 av 100`, or the counts themselves where there are few."""
        if total >= TOLD_PER_HUNDRED:
            return self.texts("rate.per_hundred", n=self.per_hundred(within, total))
        name = "all" if within == total else "none" if within == 0 else "counts"
        return self.texts(f"rate.{name}", within=self.format.integer(within), total=self.format.integer(total))

    # --- names -----------------------------------------------------------------------------------------------------

    def pathway_name(self, scope: Scope) -> str:
        """The full name of the pathway, or of all."""
        if scope.pathway is None:
            return self.texts("page.all_pathways")
        return scope.pathway.name.of(self.language)

    def short_name(self, scope: Scope) -> str:
        """The short name of the pathway."""
        return self.pathway_name(scope) if scope.pathway is None else scope.pathway.short.of(self.language)

    def unit_name(self, number: str) -> str:
        """The name of a unit by its organisation number, without the form of company."""
        if not number:
            return self.texts("units.no_unit")
        unit = self.catalogue.units.resolve(number)
        if unit is None:
            return self.texts("units.unknown", number=number)
        return unit.name.removesuffix(" HF").removesuffix(" AS")

    @cached_property
    def trusts(self) -> Sequence[str]:
        """The numbers of the trusts that are responsible for any episode."""
        if self.episodes.count == 0:
            return ()
        met = np.unique(self.episodes.trust.code)
        return tuple(sorted(name for code in met if (name := self.episodes.trust.names[code])))

    @property
    def unit_kind(self) -> str:
        """What units are compared: trusts, or the hospitals when there is one trust only."""
        return "trust" if len(self.trusts) != 1 else "hospital"

    def units_of(self, episodes: Episodes) -> Coded:
        """The unit of each episode, at the level that is compared."""
        return episodes.trust if self.unit_kind == "trust" else episodes.hospital

    @cached_property
    def place(self) -> str:
        """Whom the figures are about."""
        if len(self.trusts) == 1:
            return self.unit_name(self.trusts[0])
        if not self.trusts:
            return self.texts("place.none")
        if len(self.trusts) >= COUNTRY_FROM:
            return self.texts("place.country")
        regions = {self.catalogue.units.region_of(number, on=day_of(self.as_of)) for number in self.trusts}
        if len(regions) == 1 and (key := regions.pop()) in self.catalogue.regions:
            return self.catalogue.regions[key].name.removesuffix(" RHF")
        return self.texts("place.trusts", n=self.format.integer(len(self.trusts)))

    def sort_key(self, name: str) -> tuple[int, ...]:
        """Alphabetical as in Norwegian: æ, ø, å come last, and case does not count."""
        last = {"æ": 0x110001, "ä": 0x110001, "ø": 0x110002, "ö": 0x110002, "å": 0x110003}
        return tuple(last.get(letter, ord(letter)) for letter in name.casefold())

    @property
    def without_patients(self) -> bool:
        """True when no episode tells an age, that is, no patients file was given."""
        table = self.data.episodes
        return (
            self.episodes.count > 0 and "age" in table.column_names and table.column("age").null_count == table.num_rows
        )
