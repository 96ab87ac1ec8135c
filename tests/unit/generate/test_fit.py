"""Figures to leaves: every row that can be given is given exactly, and the others are named with the reason."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
import pytest

from factories.figures import figures_of, random_leaves, write_figures
from pakkeforlop.publication.likeness import shipped
from pakkeforlop.publication.likeness.fill import filled_leaves, tertials
from pakkeforlop.publication.likeness.fit import fit, of_years
from pakkeforlop.publication.likeness.frame import frame_of
from pakkeforlop.publication.published import packaged_figures, packaged_path, read_figures
from pakkeforlop.vocabulary.calendar import day_of

CODES = ("A01", "A16", "A26", "A22", "A18", "A36", "B01", "C01")
KEYS = {"OF4": "of4_share", "OA2": "inclusion_share"}


@pytest.fixture(scope="module")
def frame(catalogue):
    return frame_of(catalogue)


def sums_of(found, catalogue):
    """Leaves added up in plain Python: (indicator, branch, pathway or total, unit, first month, months) -> counts."""
    region = {trust.org_nr: catalogue.regions[trust.region].org_nr for trust in catalogue.trusts.values()}
    sums: Counter = Counter()
    for leaf in found.leaves.to_pylist():
        begin = day_of(leaf["period_from"])
        pathway = catalogue.pathways[leaf["pathway"]]
        subjects = [pathway.key, *(["all_organ_specific"] if pathway.family == "organ_specific" else [])]
        for subject in subjects:
            for branch in {"all", leaf["branch"]}:
                for unit in ("900000000", region[leaf["unit"]], leaf["unit"]):
                    for month, months in ((begin.month, 4), (1, 12)):
                        cell = (leaf["indicator"], branch, subject, unit, begin.year, month, months)
                        sums[cell, 0] += leaf["within"]
                        sums[cell, 1] += leaf["within"] + leaf["outside"]
    return sums


def recounted(row, sums):
    begin = day_of(row.period_from)
    months = 12 if row.period_type == "year" else 4
    cell = (KEYS[row.indicator], row.branch, row.pathway, row.org_nr, begin.year, begin.month, months)
    return sums[cell, 0], sums[cell, 1]


def fitted(tmp_path, frame, catalogue, rows):
    figures = read_figures(write_figures(tmp_path / "figures.csv", rows))
    found = fit(figures, frame)
    return figures, found, sums_of(found, catalogue)


def unequal(figures, sums):
    return [row.row_id for row in figures.rows if row.counts and recounted(row, sums) != row.counts]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tables_summed_from_random_cells_come_out_whole(tmp_path, frame, catalogue, seed):
    """Always feasible: nothing may be set aside, every row is given, and what was blank stays below five."""
    rows = figures_of(random_leaves(seed, [2018], CODES), catalogue)
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    assert not found.set_aside
    assert unequal(figures, sums) == []
    hidden = [row for row in figures.rows if row.status == "suppressed"]
    assert hidden
    assert max(recounted(row, sums)[1] for row in hidden) < 5


def test_years_alone(tmp_path, frame, catalogue):
    """Without tertials the split within the year is free, the years are not."""
    rows = figures_of(random_leaves(4, [2016, 2020], CODES), catalogue, tertials=False)
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    assert not found.set_aside
    assert unequal(figures, sums) == []
    assert {account.year for account in found.accounts} == {2016, 2020}


def test_fewer_pathways_than_the_total_is_the_sum_of(tmp_path, frame, catalogue):
    """The total holds patients of pathways without a row: they are placed in pathways that the file does not show."""
    rows = [
        r for r in figures_of(random_leaves(5, [2018], CODES), catalogue) if r["pathway_key"] not in ("lung", "cervix")
    ]
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    assert not found.set_aside
    assert unequal(figures, sums) == []


def test_a_pathway_closed_during_the_year_has_patients_until_then(tmp_path, frame, catalogue):
    """No rows for the leukaemias in 2021, but the total of the first tertial holds their patients."""
    leaves = random_leaves(6, [2021], ("A01", "A26"))
    closed = [("OF4", "A05", "M", 2021, 0, trust, 2, 1) for trust in ("983974724", "993467049")]
    rows = [row for row in figures_of([*leaves, *closed], catalogue) if row["pathway_key"] != "acute_leukaemia"]
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    assert not found.set_aside
    assert unequal(figures, sums) == []
    late = [leaf for leaf in found.leaves.to_pylist() if leaf["pathway"] == "A05"]
    assert all(day_of(leaf["period_from"]).month == 1 for leaf in late)


def test_a_suppressed_region(tmp_path, frame, catalogue):
    """A blank region and its blank trusts still add up to the country."""
    leaves = [leaf for leaf in random_leaves(7, [2018], ("A01", "A22")) if leaf[1] != "A22"]
    small = [("OF4", "A22", "K", 2018, 0, "983974880", 1, 1), ("OF4", "A22", "K", 2018, 1, "983974899", 0, 1)]
    large = [("OF4", "A22", "K", 2018, 1, "993467049", 9, 4)]
    figures, found, sums = fitted(tmp_path, frame, catalogue, figures_of([*leaves, *small, *large], catalogue))
    region = [r for r in figures.rows if r.pathway == "cervix" and r.level == "RHF" and r.status == "suppressed"]
    assert len(region) == 1
    assert not found.set_aside
    assert unequal(figures, sums) == []
    assert recounted(region[0], sums) == (1, 3)


def test_planted_contradictions_are_named_and_nothing_else(tmp_path, frame, catalogue):
    """A trust's count that does not add up is given up, with rows it cannot hold together with; the rest is exact."""
    rows = figures_of(random_leaves(8, [2018], CODES), catalogue)
    large = [
        row for row in rows
        if row["unit_level"] == "HF" and row["status"] == "ok" and row["pathway_key"] == "breast"
        and row["period_type"] == "tertial" and row["denominator"] > 20
    ]  # fmt: skip
    planted = [large[0], large[len(large) // 2]]
    for row in planted:
        row["denominator"] += 2
        row["percent"] = ""
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    named = {aside["row_id"]: aside for aside in found.set_aside}
    assert set(named) == {row["row_id"] for row in planted}
    assert all(aside["reason"] == "contradicts" and aside["because_of"] for aside in named.values())
    assert set(unequal(figures, sums)) == set(named)


def test_a_row_whose_percent_does_not_follow_is_taken_in_when_it_fits(tmp_path, frame, catalogue):
    rows = figures_of(random_leaves(9, [2018], ("A01", "A26")), catalogue)
    row = next(r for r in rows if r["unit_level"] == "HF" and r["status"] == "ok" and r["numerator"] > 3)
    row["percent"] = "1.00"
    wrong = next(
        r for r in rows if r["unit_level"] == "national" and r["status"] == "ok" and r["period_type"] == "year"
    )
    wrong["percent"], wrong["numerator"] = "1.00", wrong["numerator"] - 1
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    assert sum(account.taken_in for account in found.accounts) == 1
    assert [(a["row_id"], a["reason"]) for a in found.set_aside] == [(wrong["row_id"], "own_counts")]
    assert unequal(figures, sums) == [wrong["row_id"]]


def test_rows_missing_from_the_file_are_not_taken_for_no_patients(tmp_path, frame, catalogue):
    """A unit without a row has no patients, unless so many rows are gone that the others cannot add up."""
    rows = figures_of(random_leaves(10, [2018], CODES), catalogue)
    rng = np.random.default_rng(1)
    kept = [row for row in rows if rng.random() > 0.15]
    figures, found, sums = fitted(tmp_path, frame, catalogue, kept)
    assert unequal(figures, sums) == [aside["row_id"] for aside in found.set_aside] == []


def test_a_group_that_repeats_a_trust_is_set_aside_and_one_of_its_own_is_not(tmp_path, frame, catalogue):
    """The private group of Helse Vest repeats Haraldsplass in lung; in melanoma it has patients of its own."""
    haraldsplass, group = "984027737", "999999992"
    leaves = random_leaves(11, [2018], ("A26", "A16"), ("983974724", haraldsplass))
    leaves = [leaf for leaf in leaves if leaf[5] != haraldsplass]
    leaves += [("OF4", "A26", "K", 2018, t, haraldsplass, 9 + t, 3) for t in range(3)]
    leaves += [("OF4", "A38", "K", 2018, t, "973156829", 8, t) for t in range(3)]
    rows = figures_of(leaves, catalogue)
    repeated = [
        {**row, "row_id": f"G{n}", "org_nr": group, "unit_level": "private_group"}
        for n, row in enumerate(rows)
        if row["org_nr"] == haraldsplass and row["pathway_key"] == "lung" and row["indicator"] == "OF4"
    ]
    for row in rows:
        if row["org_nr"] == "973156829":
            row["org_nr"], row["unit_level"] = group, "private_group"
    _, found, _ = fitted(tmp_path, frame, catalogue, rows + repeated)
    assert {aside["reason"] for aside in found.set_aside} == {"repeats"}
    assert {aside["row_id"] for aside in found.set_aside} == {row["row_id"] for row in repeated}
    own = [leaf for leaf in found.leaves.to_pylist() if leaf["unit"] == "973156829"]
    assert sum(leaf["within"] for leaf in own) == 24
    assert {leaf["pathway"] for leaf in own} == {"A38"}


def test_a_group_without_known_members_is_a_unit_of_its_own(tmp_path, frame, catalogue):
    """Its patients are registered at its own number; without them its region would not add up."""
    group = "999999991"
    leaves = random_leaves(14, [2018], ("A26",), ("993467049", "983971636"))
    rows = figures_of([*leaves, *(("OF4", "A26", "K", 2018, t, group, 7, t) for t in range(3))], catalogue)
    for row in rows:
        if row["org_nr"] == group:
            row["unit_level"] = "private_group"
    figures, found, sums = fitted(tmp_path, frame, catalogue, rows)
    assert not found.set_aside
    assert unequal(figures, sums) == []


def test_what_cannot_be_fitted_has_a_reason(tmp_path, frame, catalogue):
    rows = figures_of(random_leaves(12, [2018], ("A01",)), catalogue)
    plain = next(row for row in rows if row["unit_level"] == "HF" and row["status"] == "ok")
    odd = [
        {**plain, "row_id": "unit", "org_nr": "123456789"},
        {**plain, "row_id": "pathway", "pathway_key": "four_large"},
        {**plain, "row_id": "period", "period_type": "month", "period_to": plain["period_from"]},
        {**plain, "row_id": "quoted", "status": "quoted"},
        {**plain, "row_id": "no_place", "indicator": "OF4", "branch": "S"},
    ]
    _, found, _ = fitted(tmp_path, frame, catalogue, rows + odd)
    reasons = {aside["row_id"]: aside["reason"] for account in found.accounts for aside in account.aside}
    assert reasons == {row["row_id"]: row["row_id"] for row in odd}


def test_the_same_file_gives_the_same_leaves(tmp_path, frame, catalogue):
    rows = figures_of(random_leaves(13, [2018], CODES), catalogue)
    first, second = (fitted(tmp_path, frame, catalogue, rows)[1] for _ in range(2))
    assert first.leaves.equals(second.leaves)


# --- the packaged figures ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packaged(frame):
    found = shipped.load(shipped.shipped_path(), frame, packaged_figures().sha256)
    assert found is not None, "the solved leaves are for other figures or another catalogue: python -m tools.leaves"
    return found


def test_the_shipped_leaves_give_every_packaged_row_but_those_set_aside(packaged, catalogue):
    figures, sums = packaged_figures(), sums_of(packaged, catalogue)
    aside = {one["row_id"]: one["reason"] for account in packaged.accounts for one in account.aside}
    differing = [
        row.row_id for row in figures.rows
        if row.indicator in KEYS and row.counts and row.row_id not in aside and row.level != "private_group"
        and recounted(row, sums) != row.counts
    ]  # fmt: skip
    assert differing == []
    hidden = [row for row in figures.rows if row.indicator in KEYS and row.status == "suppressed"]
    assert max(recounted(row, sums)[1] for row in hidden) < 5


def test_the_twelve_usable_rows_that_must_be_given_up_are_of_2017(packaged):
    lost = [
        one for one in packaged.set_aside if one["reason"] == "contradicts" and one["unit_level"] != "private_group"
    ]
    assert len(lost) == 12
    assert {day_of(one["period_from"]).year for one in lost} == {2017}
    assert all(one["because_of"] for one in lost)
    named = {one["row_id"] for one in lost}
    assert {"F07080", "F00307", "F00364", "F11100", "F11156", "F06331", "F06341", "F18163", "F19583"} <= named


def test_surveillance_is_only_where_the_catalogue_has_a_limit_for_it(packaged):
    """With limits for prostate, testis and CLL alone the figures of 2015, 2019 and 2021 come out whole."""
    codes = {leaf["pathway"] for leaf in packaged.leaves.to_pylist() if leaf["branch"] == "O"}
    assert codes == {"A03", "A16", "A18"}
    reasons = Counter(
        (account.year, aside["reason"])
        for account in packaged.accounts
        for aside in account.aside
        if aside["unit_level"] != "private_group"
    )
    assert not any(reasons[year, "contradicts"] for year in (2015, 2019, 2021))


def test_some_years_of_the_shipped_leaves(packaged):
    part = of_years(packaged, [2019])
    assert {account.year for account in part.accounts} == {2019}
    assert {day_of(day).year for day in part.leaves["period_from"].to_pylist()} == {2019}


def test_years_between_lie_between_and_are_marked(packaged, frame):
    last = max(packaged.leaves["period_to"].to_pylist())
    wanted = [
        when for when in tertials(min(packaged.leaves["period_from"].to_pylist()), last + 20) if when[0] in (2018, 2022)
    ]
    filled = filled_leaves(packaged.leaves, frame, wanted, as_of=last + 20, seed=1)
    assert filled["filled"].to_pylist() == [True] * len(filled)

    def counted(table, year):
        return sum(
            leaf["within"] + leaf["outside"] for leaf in table.to_pylist()
            if leaf["indicator"] == "of4_share" and day_of(leaf["period_from"]).year == year
        )  # fmt: skip

    low, high = sorted([counted(packaged.leaves, 2017), counted(packaged.leaves, 2019)])
    assert low - 60 <= counted(filled, 2018) <= high + 60
    assert not {leaf["pathway"] for leaf in filled.to_pylist() if day_of(leaf["period_from"]).year == 2022} & {
        "A03",
        "A05",
    }


@pytest.mark.slow
def test_the_packaged_figures_solved_again_are_the_shipped_leaves(packaged, frame):
    """Deterministic: one thread, no time limit, the same solver; the year that nothing contradicts, and one more."""
    again = fit(packaged_figures(), frame, years=[2015, 2021])
    assert again.leaves.equals(of_years(packaged, [2015, 2021]).leaves)
    assert again.accounts == of_years(packaged, [2015, 2021]).accounts


@pytest.mark.slow
def test_six_planted_faults_among_the_figures_of_2021_are_found_row_for_row(tmp_path, frame):
    import lzma

    rows = list(csv.DictReader(io.StringIO(lzma.decompress(packaged_path().read_bytes()).decode())))
    rows = [row for row in rows if row["period_from"].startswith("2021") and row["indicator"] in KEYS]
    planted = {"F18643", "F06055", "F22290", "F08180", "F24731", "F21485"}
    for row in rows:
        if row["row_id"] in planted:
            row["denominator"], row["percent"] = str(int(row["denominator"]) + 3), ""
    path = tmp_path / "figures.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    found = fit(read_figures(path), frame)
    assert {one["row_id"] for one in found.set_aside} == planted
