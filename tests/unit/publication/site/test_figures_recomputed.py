"""A figure of each kind of page, worked out again by SQL from the published file: nothing of the product in between."""

from __future__ import annotations

import html
import lzma
import math
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

COUNTRY, BERGEN, UNN, VEST = "900000000", "983974724", "983974899", "983658725"
YEAR = "period_type = 'year' and period_from = '2021-01-01' and status = 'ok' and source_kind = 'nki'"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Any:
    import pakkeforlop.publication

    packed = Path(next(iter(pakkeforlop.publication.__path__))) / "data" / "published_figures.csv.xz"
    plain = tmp_path_factory.mktemp("published") / "published.csv"
    plain.write_bytes(lzma.decompress(packed.read_bytes()))
    connection = duckdb.connect()
    connection.execute(f"create table p as select * from read_csv('{plain}', all_varchar = true)")

    def answer(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    return answer


def plain(page: str) -> str:
    """The words of a page, with ordinary spaces."""
    page = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return re.sub(r"\s+", " ", text.replace("\u202f", "").replace("\u00a0", " "))


def share(ask: Any, indicator: str, pathway: str, org_nr: str, branch: str = "all") -> tuple[int, int]:
    branches = f"and branch = '{branch}'" if indicator == "OF4" else ""
    [(numerator, denominator)] = ask(
        f"select numerator::int, denominator::int from p where indicator = '{indicator}' and pathway_key = '{pathway}' "
        f"and org_nr = '{org_nr}' {branches} and {YEAR}"
    )
    return numerator, denominator


def bounds(n: int, d: int) -> tuple[float, float]:
    """Wilson's 95 percent interval, written here anew."""
    z, p = 1.959963984540054, n / d
    middle, reach = p + z * z / (2 * d), z * math.sqrt(p * (1 - p) / d + z * z / (4 * d * d))
    return 100 * (middle - reach) / (1 + z * z / d), 100 * (middle + reach) / (1 + z * z / d)


def wilson(n: int, d: int) -> tuple[str, str]:
    """With one decimal."""
    low, high = bounds(n, d)
    return f"{low:.1f}".replace(".", ","), f"{high:.1f}".replace(".", ",")


def test_the_front_page(read: Any, ask: Any):
    n, d = share(ask, "OF4", "all_organ_specific", COUNTRY)
    a, b = share(ask, "OA2", "all_organ_specific", COUNTRY)
    text = plain(read(""))
    assert f"{round(100 * n / d)} av 100 i pakkeforløp startet behandlingen i tide" in text
    assert f"Det gjelder {n} av de {d} som ble behandlet" in text
    assert f"var {round(100 * a / b)} av 100 med i et pakkeforløp" in text
    low, high = wilson(n, d)
    assert f"I tide: {100 * n / d:.1f} %, intervall {low}–{high}.".replace("72.1", "72,1") in text
    [(reached, total)] = ask(
        "select count(*) filter (where 100 * numerator::int >= 70 * denominator::int), count(*) from p "
        f"where indicator = 'OF4' and branch = 'all' and org_nr = '{COUNTRY}' and {YEAR} "
        "and pathway_key not in ('all_organ_specific', 'diagnostic', 'metastasis_unknown_origin')"
    )
    assert f"{reached} av {total} kreftformer nådde målet" in text
    assert (reached, total) == (13, 24)


def test_the_page_of_a_cancer_and_its_trusts(read: Any, ask: Any):
    n, d = share(ask, "OF4", "breast", COUNTRY)
    assert (n, d) == (3267, 4404)
    text = plain(read("kreftform/breast/"))
    low, high = wilson(n, d)
    assert "Brystkreft: 74 av 100 startet behandlingen i tide" in text
    assert f"74,2 % {n} av {d}. Intervall {low}–{high}." in text
    for row in ask(
        "select org_nr, numerator::int, denominator::int from p where indicator = 'OF4' and pathway_key = 'breast' "
        f"and branch = 'all' and unit_level = 'HF' and {YEAR}"
    ):
        assert f"{row[1]}/{row[2]}" in text, row
    kn, kd = share(ask, "OF4", "breast", COUNTRY, "K")
    assert f"Kirurgi 32 {kn}/{kd}" in text


def test_the_page_of_a_trust(read: Any, ask: Any):
    n, d = share(ask, "OF4", "all_organ_specific", BERGEN)
    a, b = share(ask, "OA2", "all_organ_specific", BERGEN)
    text = plain(read(f"sykehus/{BERGEN}/"))
    assert f"Helse Bergen: {round(100 * n / d)} av 100 startet behandlingen i tide" in text
    assert f"{n} av {d}." in text
    assert f"{a} av {b} nye pasienter." in text


def test_the_page_of_all_hospitals(read: Any, ask: Any):
    """Every trust's counts, percent and interval, by region; and each region's own share."""
    text = plain(read("sykehus/"))
    rows = ask(
        "select unit_level, numerator::int, denominator::int from p where indicator = 'OF4' and branch = 'all' "
        f"and pathway_key = 'all_organ_specific' and unit_level in ('HF', 'RHF') and {YEAR}"
    )
    assert len(rows) > 20
    for level, n, d in rows:
        low, high = (round(bound) for bound in bounds(n, d))
        assert f"{n}/{d}" in text, (n, d)
        if level == "RHF":
            assert f"{round(100 * n / d)} av 100 i tide" in text, (n, d)
        assert f"{low}–{high}" in text, (n, d)


def test_the_page_of_mental_health(read: Any, ask: Any):
    """The share of the country for each measure and service, as the publisher's own counts give it."""
    text = plain(read("psykisk-helse/"))
    for measure in ("UTR_{}", "EVAL_{}_POL", "PLAN_{}"):
        told = []
        for service in ("PHV", "PHBU", "TSB"):
            name = f"MH_{measure.format(service)}"
            [(n, d)] = ask(
                f"select numerator::int, denominator::int from p where upper(indicator) = '{name}' "
                f"and org_nr = '{COUNTRY}' and {YEAR}"
            )
            told.append(str(round(100 * n / d)))
        assert f"Hele landet {' '.join(told)}" in text, (measure, told)


@pytest.mark.reference
def test_the_page_of_england(read: Any, reference: Path):
    """From the published monthly totals: all routes and cancers once, and each cancer once."""
    file = reference / "data/nhs-cwt-2023-24/62day_england_totals.csv"
    rows = duckdb.execute(
        f"select cancer, sum(within), sum(total) from read_csv('{file}') where route = 'ALL ROUTES' group by cancer"
    ).fetchall()
    counts = {cancer: (within, total) for cancer, within, total in rows}
    text = plain(read("england/"))
    within, total = counts.pop("ALL CANCERS")
    assert (within, total) == (212054.5, 319219.5)
    assert f"England: {round(100 * within / total)} av 100" in text
    assert f"{within:.1f} av {total:.1f} pasienter".replace(".", ",") in text
    assert len(counts) == 13
    for cancer, (within, total) in counts.items():
        told = f"{within:.1f}/{total:.1f}".replace(".0", "").replace(".", ",")
        assert f"{told} {100 * within / total:.1f}".replace(".", ",") in text, (cancer, told)


def test_one_cancer_at_one_trust(read: Any, ask: Any):
    n, d = share(ask, "OF4", "breast", BERGEN)
    low, high = wilson(n, d)
    text = plain(read(f"sykehus/{BERGEN}/breast/"))
    assert f"{n} av {d}. Intervall {low}–{high}." in text
    assert f"mellom {round(float(low.replace(',', '.')))} og {round(float(high.replace(',', '.')))}." in text


def test_comparing_two_trusts(read: Any, ask: Any):
    """Newcombe's interval of a difference, written here anew."""
    pairs = {unit: share(ask, "OF4", "breast", unit) for unit in (BERGEN, UNN)}
    (n, d), (m, e) = pairs[BERGEN], pairs[UNN]
    lows = {unit: [float(x.replace(",", ".")) for x in wilson(*counts)] for unit, counts in pairs.items()}
    gap = 100 * n / d - 100 * m / e
    down = math.hypot(100 * n / d - lows[BERGEN][0], lows[UNN][1] - 100 * m / e)
    text = plain(read("sammenlign/", kreftform="breast", a=BERGEN, b=UNN))
    assert f"Helse Bergen ligger {gap:.1f}".replace(".", ",") in text
    told = re.search(r"\(intervall \+([\d,]+) til", text)
    assert told is not None
    assert float(told[1].replace(",", ".")) == pytest.approx(gap - down, abs=0.15)


def test_a_figure_opened(read: Any, ask: Any):
    n, d = share(ask, "OA2", "lung", VEST)
    text = plain(read(figure_of(read, VEST)))
    assert f"{n} av {d} nye pasienter var med i pakkeforløpet." in text
    assert f"{n} delt på {d} er" in text


def figure_of(read: Any, org_nr: str) -> str:
    """The address that the page of the region's lung pathway links the figure to."""
    found = re.search(rf'/statistikk/(tall/inclusion_share-[^"]*lung-{org_nr}-2021/)"', read(f"sykehus/{org_nr}/lung/"))
    assert found is not None
    return found[1]


def test_the_feed_and_the_releases(site: Any, read: Any, ask: Any):
    [(rows,)] = ask(
        "select count(*) from p where source_kind = 'nki' and period_type in ('year', 'tertial') "
        "and status in ('ok', 'suppressed', 'partly_suppressed', 'no_data')"
    )
    told = plain(read("utgaver/"))
    assert f" {rows} " in told
    feed = site.answer("utgaver.atom").content.decode()
    assert f"{rows}" in feed.replace("\u202f", "")


def test_hidden_is_a_word_and_never_a_zero(read: Any, ask: Any):
    """Every trust whose breast row is blank in the file says so, by name, and is counted under the table."""
    [(hidden,)] = ask(
        "select count(*) from p where indicator = 'OF4' and pathway_key = 'breast' and branch = 'all' and "
        "unit_level = 'HF' and period_type = 'year' and period_from = '2021-01-01' and status = 'suppressed'"
    )
    page = read("kreftform/breast/")
    assert f"{hidden} er skjult, og er med i tallet for landet" in plain(page)
    assert re.search(r"Helgelandssykehuset</a>.{0,400}?skjult", page, re.S)
