"""Adding a pathway is one file, and no Python."""

from __future__ import annotations

from datetime import date

from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.load import load_catalogue

ANAL = """
code = "A41"
key = "anal"
family = "organ_specific"
name = { nb = "Analkreft", nn = "Analkreft", en = "Anal cancer" }
short = { nb = "Anal", nn = "Anal", en = "Anus" }
introduced = 2026-01-01
introduced_source = "OWN"
introduced_confidence = "choice"
icd10 = ["C21"]
icd10_source = "OWN"
min_age = 18
min_age_message = 117

[[time_limit.OF1]]
valid_from = 2026-01-01
days = 9
source = "ANAL-2021"
confidence = "stated"

[[time_limit.OF2]]
valid_from = 2026-01-01
days = 12
source = "ANAL-2021"
confidence = "stated"

[[time_limit.OF3]]
kind = "S"
valid_from = 2026-01-01
days = 18
source = "ANAL-2021"
confidence = "stated"

[[time_limit.OF4]]
kind = "S"
valid_from = 2026-01-01
days = 39
source = "ANAL-2021"
confidence = "stated"
"""


def test_one_file_makes_a_pathway_with_codes_and_limits(copy):
    (copy.folder / "pathways" / "a41_anal.toml").write_text(ANAL, encoding="utf-8")
    assert copy.said() == []
    catalogue = load_catalogue(copy.folder)
    pathway = catalogue.pathway_by_key("anal")
    assert in_force(pathway, "OF4", "S", on=date(2025, 12, 31)) is None
    assert in_force(pathway, "OF4", "S", on=date(2026, 1, 1)).days == 39
    codes = [code for code in catalogue.codes if code.startswith("A41")]
    assert len(codes) == 17, "16 of today and the biopsy code"
    assert catalogue.codes["A41CK"].nb == "Analkreft; Beslutning: kreft påvist"
    assert catalogue.codes["A41CK"].valid_from == date(2026, 1, 1)
    assert catalogue.codes["A41CK"].list == "", "not in the national list yet"


def test_the_shipped_catalogue_does_not_know_it():
    assert "A41" not in load_catalogue().pathways


def test_a_pathway_without_the_retired_codes_names_those_it_has(copy):
    suffixes = 'suffixes = ["A", "S", "CK", "CI", "FS", "X"]\n'
    (copy.folder / "pathways" / "a41_anal.toml").write_text(suffixes + ANAL, encoding="utf-8")
    assert copy.said() == []
    codes = [code for code in load_catalogue(copy.folder).codes if code.startswith("A41")]
    assert codes == ["A41A", "A41S", "A41CK", "A41CI", "A41FS", "A41X"]


def test_a_limit_is_ended_by_a_version_without_days(copy):
    ending = '\n[[time_limit.OF4]]\nkind = "S"\nvalid_from = 2027-01-01\nsource = "OWN"\nconfidence = "choice"\n'
    ending += ending.replace("OF4", "OF3")
    (copy.folder / "pathways" / "a41_anal.toml").write_text(ANAL + ending, encoding="utf-8")
    assert copy.said() == []
    pathway = load_catalogue(copy.folder).pathways["A41"]
    assert in_force(pathway, "OF4", "S", on=date(2026, 12, 31)).days == 39
    assert in_force(pathway, "OF4", "S", on=date(2027, 1, 1)) is None


def test_the_environment_names_another_folder(copy, monkeypatch):
    (copy.folder / "pathways" / "a41_anal.toml").write_text(ANAL, encoding="utf-8")
    monkeypatch.setenv("PAKKEFORLOP_CATALOGUE", str(copy.folder))
    assert "A41" in load_catalogue().pathways


def test_loading_is_quick(copy):
    """A tenth of a second of the process's own time; the bound leaves room. Twice the same is once."""
    import time

    begun = time.process_time()
    first = load_catalogue(copy.folder)
    assert time.process_time() - begun < 1.0
    assert load_catalogue(copy.folder) is first
