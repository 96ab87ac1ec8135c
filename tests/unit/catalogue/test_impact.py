"""Proposed limits over the same cohort: counted by hand.

Breast from 2021-05-01: OF1 7, OF2 12, OF3 K 13 and M 10; so OF4 is 32 for surgery and 29 for medicine.
"""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
from typer.testing import CliRunner

from pakkeforlop.catalogue.faults import CatalogueFault
from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.proposed import load_proposed
from pakkeforlop.cli.main import app
from pakkeforlop.review.impact import say

BERGEN, STAVOLAVS = "974557746", "974749025"
HEADER = "patient_id,code,event_date,institution,registration_id\n"


def course(patient: str, place: str, treatment: str, decided: int, treated: int) -> str:
    """A breast pathway from 2024-01-01: seen on day 5, decided and treated on the days given."""
    days = {"A": 0, "S": 5, "CK": decided, treatment: treated}
    return "".join(
        f"{patient},A01{suffix},{date.fromordinal(date(2024, 1, 1).toordinal() + day)},{place},{patient}-{suffix}\n"
        for suffix, day in days.items()
    )


COHORT = (
    HEADER
    + course("p1", BERGEN, "FK", 12, 27)  # OF2 7, OF4 27
    + course("p2", BERGEN, "FK", 16, 28)  # OF2 11, OF4 28
    + course("p3", STAVOLAVS, "FK", 17, 32)  # OF2 12, OF4 32
    + course("p4", STAVOLAVS, "FM", 15, 33)  # OF2 10, OF4 33: over 29 before and after
    + course("p5", STAVOLAVS, "FL", 15, 20)  # palliative: no limit
)
TIGHTER = """
[[breast.time_limit.OF2]]
valid_from = 2023-01-01
days = 7
[[A01.time_limit.OF4]]
kind = "K"
valid_from = 2023-01-01
days = 27
[[A01.time_limit.OF4]]
kind = "M"
valid_from = 2023-01-01
days = 24
"""
SHARE_OF_PALLIATIVE = """
code = "A01"
[[time_limit.OF3]]
kind = "L"
valid_from = 2023-01-01
days = 3
[[time_limit.OF4]]
kind = "L"
valid_from = 2023-01-01
days = 22
"""


@pytest.fixture
def asked(tmp_path):
    (tmp_path / "in.csv").write_text(COHORT, encoding="utf-8")

    def ask(proposal: str, *more: str, code: int = 0):
        (tmp_path / "limits.toml").write_text(proposal, encoding="utf-8")
        arguments = ["catalogue", "impact", str(tmp_path / "in.csv"), "--proposed", str(tmp_path / "limits.toml"), *more]
        result = CliRunner().invoke(app, [*arguments, "--as-of", "2024-12-31"])
        assert result.exit_code == code, result.output
        return result

    return ask


def figures(answer, measure):
    """Counts before and after by what a row is about."""
    return {
        (row["pathway_key"], row["trust"], row["branch"]): (
            f"{row['before_numerator']}/{row['before_denominator']}",
            f"{row['after_numerator']}/{row['after_denominator']}",
            row["came_in"], row["fell_out"], row["began_to_count"], row["ceased_to_count"],
        )
        for row in answer["figures"] if row["measure"] == measure
    }  # fmt: skip


def test_a_tighter_limit(asked):
    """p2 (28 days) and p3 (32) fall outside; p1 (27) stays on the limit; p4 was over already; p5 never counts in the share.

    Of the work-up only p1 (7 days) stays within, so four of the five change.
    """
    answer = json.loads(asked(TIGHTER, "--json", "--list").stdout)
    assert (answer["episodes"], answer["changed"], answer["gone"], answer["new"]) == (5, 4, 0, 0)
    share = figures(answer, "share")
    assert share["breast", "", ""] == ("3/4", "1/4", 0, 2, 0, 0)
    assert share["all_organ_specific", "", ""] == ("3/4", "1/4", 0, 2, 0, 0)
    assert share["breast", "983974724", ""] == ("2/2", "1/2", 0, 1, 0, 0)
    assert share["breast", "883974832", ""] == ("1/2", "0/2", 0, 1, 0, 0)
    assert share["breast", "", "K"] == ("3/3", "1/3", 0, 2, 0, 0)
    assert share["breast", "", "M"] == ("0/1", "0/1", 0, 0, 0, 0)
    assert figures(answer, "of2")["breast", "", ""] == ("5/5", "1/5", 0, 4, 0, 0)
    assert figures(answer, "of1") == {}
    whole = next(row for row in answer["figures"] if row["measure"] == "share" and row["pathway_key"] == "breast")
    assert (whole["before_percent"], whole["after_percent"], whole["points"]) == (75, 25, -50)


def test_what_a_new_limit_does_to_those_who_get_it(asked):
    """Surgery 32 to 27: p1, p2 and p3 were within, p1 still is. Medicine 29 to 24: p4 neither before nor after."""
    limits = json.loads(asked(TIGHTER, "--json").stdout)["limits"]
    share = [one for one in limits if one["measure"] == "share"]
    found = [(one["branch"], one["episodes"], one["within_before"], one["within_after"]) for one in share]
    assert found == [("K", 3, 3, 1), ("M", 1, 0, 0)]
    told = asked(TIGHTER, "--lang", "en").stdout
    assert "32 → 27 days. Of 3 episodes that get a new limit, 3 (100.0 %) were within and 1 (33.3 %) will be." in told


def test_episodes_that_change_are_listed_with_their_ids(asked, tmp_path):
    answer = json.loads(asked(TIGHTER, "--json", "--list").stdout)
    share = [(one["patient_id"], one["change"], one["days"], one["limit_before"], one["limit_after"])
             for one in answer["changing"] if one["measure"] == "share"]  # fmt: skip
    assert share == [("p2", "fell_out", 28, 32, 27), ("p3", "fell_out", 32, 32, 27)]
    assert all(one["episode_id"].startswith("A01-20240101-") for one in answer["changing"])
    told = asked(TIGHTER, "--list", "--lang", "en", "--episodes", str(tmp_path / "e.csv")).stdout
    assert told.count("fell outside") == len(answer["changing"])
    with (tmp_path / "e.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(answer["changing"])


def test_what_had_no_limit_comes_to_count(asked):
    """A proposed limit for palliative treatment: p5 (20 days of 22) counts, and nobody else changes."""
    answer = json.loads(asked(SHARE_OF_PALLIATIVE, "--json").stdout)
    assert figures(answer, "share")["breast", "", "L"] == ("0/0", "1/1", 0, 0, 1, 0)
    assert figures(answer, "share")["breast", "", ""] == ("3/4", "4/5", 0, 0, 1, 0)
    limits = {(one["measure"], one["branch"]): (one["before"], one["after"]) for one in answer["limits"]}
    assert limits == {("share", "L"): (None, 22), ("of3", "L"): (None, 3), ("of4", "L"): (None, 22)}
    assert answer["changed"] == 1


def test_a_limit_that_ends(asked):
    """Without `days` a block ends the limit: p4's medicine ceases to count."""
    ends = "\n".join(
        f'[[A01.time_limit.{span}]]\nkind = "M"\nvalid_from = 2023-01-01' for span in ("OF3", "OF4")
    )  # fmt: skip
    answer = json.loads(asked(ends, "--json").stdout)
    assert figures(answer, "share")["breast", "", "M"] == ("0/1", "0/0", 0, 0, 0, 1)


def test_the_other_way_round_they_come_in(asked, copy, tmp_path):
    """A catalogue folder as the one in force; the proposal is the product's own limits again."""
    (tmp_path / "limits.toml").write_text(TIGHTER, encoding="utf-8")
    with (copy.folder / "pathways/a01_breast.toml").open("a", encoding="utf-8") as file:
        file.write(TIGHTER.replace("breast.", "").replace("A01.", "").replace(
            "days", 'source = "OWN"\nconfidence = "choice"\ndays'))  # fmt: skip
    back = TIGHTER.replace("days = 7", "days = 12").replace("days = 27", "days = 32").replace("days = 24", "days = 29")
    answer = json.loads(asked(back, "--json", "--catalogue", str(copy.folder)).stdout)
    assert figures(answer, "share")["breast", "", ""] == ("1/4", "3/4", 2, 0, 0, 0)


def test_a_folder_as_the_proposal(asked, copy, tmp_path):
    (tmp_path / "in2.csv").write_text(COHORT, encoding="utf-8")
    result = CliRunner().invoke(
        app, ["catalogue", "impact", str(tmp_path / "in.csv"), "--proposed", str(copy.folder), "--lang", "en"]
    )
    assert "No limit is another for any episode in these data." in result.stdout


def test_a_csv_of_all_figures(asked, tmp_path):
    asked(TIGHTER, "--out", str(tmp_path / "impact.csv"), "--quiet")
    with (tmp_path / "impact.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["measure"] == "share" and not row["trust"] + row["branch"]]
    assert [(row["pathway_key"], row["before_numerator"], row["after_numerator"]) for row in rows] == [
        ("all_organ_specific", "3", "1"),
        ("breast", "3", "1"),
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", "4 av 5 forløp skifter side av en grense"),
        ("nn", "4 av 5 forløp skiftar side av ei grense"),
        ("en", "4 of 5 episodes change side of a limit"),
    ],
)
def test_told_in_three_languages(asked, language, said):
    told = asked(TIGHTER, "--lang", language).stdout
    assert told.startswith(said)
    share = "3/4 75.0 %" if language == "en" else "3/4 75,0 %"
    assert share in told


def test_every_text_has_three_languages():
    def leaves(found):
        if set(found) == {"nb", "nn", "en"}:
            return [found]
        return [leaf for inner in found.values() for leaf in leaves(inner)]

    assert len(leaves(say.entries)) == 30


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        ('[[A99.time_limit.OF2]]\nvalid_from = 2023-01-01\ndays = 7', "A99 is neither the prefix nor the key"),
        ('[[A01.time_limit.OF2]]\nvalid_from = 2023-01-01\ndays = 7', "OF4 K is 32 days from 2023-01-01, but OF1 + OF2 + OF3 are 27"),
        ('[[A01.time_limit.OF9]]\nvalid_from = 2023-01-01\ndays = 7', "OF9 is not an interval"),
        ('[[A01.time_limit.OF2]]\nvalid_from = 2023-01-01\ndays = "7"', "whole number"),
        ('[A01]\nname = "x"', "must hold blocks such as [[A01.time_limit.OF2]]"),
        ("[[A01.time_limit.OF2]]\ndays = 7", "must hold blocks such as"),
        ("", "must hold blocks such as"),
        ("[[A01", "is not TOML"),
    ],
)  # fmt: skip
def test_a_faulty_proposal_is_refused_in_words(asked, proposal, said):
    told = asked(proposal, "--lang", "en", code=11).stderr
    assert said in told, told
    assert "limits.toml" in told


def test_a_block_of_the_same_day_takes_the_place_of_the_old(tmp_path):
    file = tmp_path / "limits.toml"
    file.write_text(TIGHTER.replace("2023-01-01", "2021-05-01"), encoding="utf-8")
    pathway = load_proposed(file).pathways["A01"]
    assert [v.days for v in pathway.time_limit["OF2"] if v.valid_from == date(2021, 5, 1)] == [7]
    assert in_force(pathway, "OF2", on=date(2021, 4, 30)).days == 7
    file.write_text("", encoding="utf-8")
    with pytest.raises(CatalogueFault):
        load_proposed(file)
