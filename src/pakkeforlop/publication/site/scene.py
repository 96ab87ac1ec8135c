"""What every page has at hand: the figures, the words of a language, addresses, and how a figure is told."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from markupsafe import Markup

from pakkeforlop.charts.blocks import Cell, KeyFigure
from pakkeforlop.publication.open_api.library import Shelved
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import INCLUSION, SHARE, TOTAL, Book, Unit
from pakkeforlop.publication.site.words import load_words

TOLD_PER_HUNDRED = 20
"""With fewer in the denominator, a share is told as counts: `7 av 11`."""
API = "/api/v1/"
MADE_UP = "oppdiktet/"
"""Where the figures of invented patients have their own pages, below the root of the real ones."""


class Scene:
    """The figures in one language. `root`: where the site lies, `/statistikk/`; `host`: what stands before it.

    Where the figures are of invented patients, `root` ends with `oppdiktet/`, and every page says so.
    """

    def __init__(self, book: Book, language: str, root: str = "/statistikk/", host: str = "") -> None:
        self.book, self.language, self.root = book, language, root
        self.host = host or "http://localhost:8000"
        self.t = load_words(language)
        self.form = self.t.format

    @property
    def definitions(self) -> str:
        """By which definitions the newest year was counted."""
        release = self.book.holder
        if release.external:
            return self.t("footer.definitions_external")
        return self.t("footer.definitions", version=release.record["definitions"])

    @property
    def synthetic(self) -> bool:
        """Whether the figures are of invented patients."""
        return self.book.synthetic

    # --- addresses ----------------------------------------------------------------------------------------------------

    def url(self, path: str = "", language: str = "") -> str:
        """The address of a page by its path, in this language or another."""
        language = language or self.language
        return f"{self.root}{'' if language == 'nb' else language + '/'}{path}"

    def real_url(self, path: str = "") -> str:
        """The address of a page among the figures of real patients."""
        root = self.root.removesuffix(MADE_UP) if self.synthetic else self.root
        return f"{root}{'' if self.language == 'nb' else self.language + '/'}{path}"

    @property
    def made_up_url(self) -> str:
        """The address of the pages of invented patients."""
        return f"{self.root}{MADE_UP}{'' if self.language == 'nb' else self.language + '/'}"

    def api_url(self, path: str) -> str:
        """An address of the open interface, such as `figures?indicator=of4_share`: of the figures that stand here."""
        if not self.synthetic or path.startswith("releases"):
            return API + path
        return f"{API}{path}{'&' if '?' in path else '?'}release={self.book.library.latest.name}"

    def figure_url(self, figure: Released) -> str:
        """The address that tells how a figure was counted."""
        return self.url(f"tall/{figure.figure_id}/")

    def pathway_url(self, key: str) -> str:
        """The page of a pathway."""
        return self.url("") if key == TOTAL else self.url(f"kreftform/{key}/")

    def unit_url(self, unit: Unit, key: str = "") -> str:
        """The page of a unit, or of one pathway there."""
        return self.url(f"sykehus/{unit.org_nr}/" + (f"{key}/" if key and key != TOTAL else ""))

    # --- names --------------------------------------------------------------------------------------------------------

    def pathway_name(self, key: str) -> str:
        """`Brystkreft`; the total in its own words."""
        one = self.book.pathway(key)
        return one.name.of(self.language) if one else self.t(f"total.{key}") if self.t.has(f"total.{key}") else key

    def short_name(self, key: str) -> str:
        """`Bryst`."""
        one = self.book.pathway(key)
        return one.short.of(self.language) if one else self.pathway_name(key)

    def unit_name(self, unit: Unit) -> str:
        """The country in this language; others by their own name."""
        return self.t("place.country") if unit.level == "national" else unit.name

    def unit_name_inside(self, unit: Unit) -> str:
        """The name as it stands inside a sentence."""
        return self.t("place.country_inside") if unit.level == "national" else unit.name

    def period_name(self, period: str) -> str:
        """`2021`, or `2. tertial 2021`."""
        if len(period) == 4:
            return period
        return self.form.tertial(date(int(period[:4]), 4 * int(period[-1]) - 3, 1))

    def ending(self, key: str) -> str:
        """How the share of a pathway ends: with treatment, or with a decision (the diagnostic pathway)."""
        one = self.book.pathway(key)
        family = self.book.catalogue.families[one.family] if one else None
        return "decision" if family and family.share_to == "decision" else "treatment"

    def release_name(self, one: Shelved) -> str:
        """What a release is called."""
        own = self.t("releases.synthetic_name" if one.synthetic else "releases.name", name=one.name)
        return str(one.record.get("title", {}).get(self.language) or own)

    def marked(self, text: str) -> str:
        """A title, said to be of invented patients where it is."""
        return self.t("synthetic.title", title=text) if self.synthetic else text

    # --- figures in words ---------------------------------------------------------------------------------------------

    def share(self, key: str, org_nr: str = "", period: str = "", branch: str = "all") -> Released | None:
        """The share in time."""
        return self.book.figure(SHARE, key, org_nr or self.book.country, period or self.book.year, branch=branch)

    def inclusion(self, key: str, org_nr: str = "", period: str = "") -> Released | None:
        """The share of new patients in a pathway."""
        return self.book.figure(INCLUSION, key, org_nr or self.book.country, period or self.book.year)

    def n_of_hundred(self, figure: Released, places: int = 0) -> str:
        """`74`; decimals are added until rounding does not cross the target."""
        if figure.numerator is None or not figure.denominator:
            return self.form.decimal(figure.percent or 0.0, places)
        return self.form.per_hundred(figure.numerator, figure.denominator, target=self.book.target, places=places)

    def rate(self, figure: Released) -> str:
        """`74 av 100`, or the counts where they are few."""
        if figure.numerator is not None and figure.denominator and figure.denominator < TOLD_PER_HUNDRED:
            return self.t("rate.counts", within=figure.numerator, total=figure.denominator)
        return self.t("rate.per_hundred", n=self.n_of_hundred(figure))

    def value(self, figure: Released | None) -> str:
        """`74 av 100`, or the word for why there is none."""
        return self.rate(figure) if figure is not None and shown(figure) else self.why_not(figure)

    def why_not(self, figure: Released | None) -> str:
        """Hidden, or not published: never nothing."""
        return self.t("word.not_published" if figure is None or figure.status == "no_data" else "word.hidden")

    def percent(self, figure: Released) -> str:
        """`74,2 %`."""
        return f"{self.n_of_hundred(figure, 1)}\u00a0%"

    def interval(self, figure: Released, places: int = 0) -> str:
        """`73–75`; empty without an interval."""
        if figure.ci_low is None or figure.ci_high is None:
            return ""
        return self.form.interval(figure.ci_low, figure.ci_high, places)

    def reaches(self, figure: Released) -> bool:
        """Whether the target is reached, on the exact fraction."""
        if figure.numerator is None or not figure.denominator:
            return False
        return Fraction(100 * figure.numerator, figure.denominator) >= Fraction(str(self.book.target))

    @property
    def target_word(self) -> str:
        """`70`."""
        return self.form.days(self.book.target)

    def against_target(self, figure: Released) -> str:
        """Above or below the target; said with certainty only where the interval leaves no doubt."""
        low, high = figure.ci_low, figure.ci_high
        sure = low is not None and high is not None and (low > self.book.target or high < self.book.target)
        reached = self.reaches(figure)
        name = ("above" if reached else "below") if sure else ("reached_unsure" if reached else "missed_unsure")
        return self.t(f"target.{name}", target=self.target_word)

    @property
    def opens(self) -> str:
        """That a number in a table opens how it was counted: for the screen, not for paper."""
        return Markup('<span class="on-screen">{}</span>').format(self.t("word.percent_opens"))

    # --- cells of tables ----------------------------------------------------------------------------------------------

    def counts_cell(self, figure: Released | None) -> Cell:
        """`318/431`."""
        if figure is None or figure.numerator is None:
            return Cell(self.why_not(figure) if figure is None or not shown(figure) else "", "num muted")
        if figure.denominator is None:
            return Cell(self.form.integer(figure.numerator), "num")
        return Cell(f"{self.form.integer(figure.numerator)}/{self.form.integer(figure.denominator)}", "num")

    def share_cell(self, figure: Released | None, *, bold: bool = True) -> Cell:
        """The percent, a link to how it was counted; the word for why there is none."""
        if figure is None:
            return Cell(self.t("word.not_published"), "num muted")
        text = self.n_of_hundred(figure) if shown(figure) else self.why_not(figure)
        return Cell(text, "num b" if bold and shown(figure) else "num", href=self.figure_url(figure))

    def interval_cell(self, figure: Released | None) -> Cell:
        """The interval."""
        return Cell(self.interval(figure) if figure is not None and shown(figure) else "", "num")

    # --- key figures --------------------------------------------------------------------------------------------------

    def key_share(self, figure: Released | None) -> KeyFigure:
        """In time."""
        return self._key("in_time", figure)

    def key_inclusion(self, figure: Released | None) -> KeyFigure:
        """In a pathway."""
        return self._key("inclusion", figure)

    def _key(self, name: str, figure: Released | None) -> KeyFigure:
        title = self.t(f"key.{name}")
        if figure is None:
            return KeyFigure(title, self.t("key.not_published"), [self.t(f"key.{name}_none")], words=True)
        href, link = self.figure_url(figure), self.t("key.how_counted")
        if not shown(figure):
            return KeyFigure(title, self.t("key.hidden"), [self.why_hidden(figure)], words=True, href=href, link=link)
        notes = []
        if figure.numerator is not None and figure.denominator:
            counts = {"within": self.form.integer(figure.numerator), "total": self.form.integer(figure.denominator)}
            notes = [self.t(f"key.{name}_note", **counts), self.t("key.interval", interval=self.interval(figure, 1))]
        return KeyFigure(title, self.percent(figure), notes, href=href, link=link)

    def why_hidden(self, figure: Released) -> str:
        """The reason in a sentence."""
        name = figure.reason if self.t.has(f"hidden.{figure.reason}") else "primary"
        return self.t(
            f"hidden.{name}",
            fewer=self.book.catalogue.disclosure.fewer_than,
            below=self.book.catalogue.disclosure.denominator_below,
        )


def shown(figure: Released) -> bool:
    """Whether the figure itself is there; a printed percent without counts is."""
    return figure.percent is not None or figure.numerator is not None
