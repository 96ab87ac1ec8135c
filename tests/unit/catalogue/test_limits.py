"""Each change of a limit: the day before, and the day of the change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pakkeforlop.catalogue.limits import in_force, version_day, version_days

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("pathway", "span", "kind", "day", "before", "after"),
    [
        ("breast", "OF2", "", "2021-05-01", 7, 12),
        ("breast", "OF4", "K", "2021-05-01", 27, 32),
        ("breast", "OF4", "M", "2021-05-01", 24, 29),
        ("testis", "OF3", "K", "2021-05-01", 14, 28),
        ("testis", "OF3", "M", "2021-05-01", 21, 14),
        ("testis", "OF4", "K", "2021-05-01", 31, 45),
        ("testis", "OF4", "M", "2021-05-01", 38, 31),
        ("lymphoma", "OF3", "S", "2023-01-01", 10, 17),
        ("lymphoma", "OF4", "S", "2023-01-01", 28, 35),
        ("myeloma", "OF3", "S", "2023-01-01", None, 14),
        ("myeloma", "OF4", "S", "2023-01-01", None, 41),
    ],
)
def test_a_limit_changes_on_its_day(catalogue, pathway, span, kind, day, before, after):
    definition, change = catalogue.pathway_by_key(pathway), date.fromisoformat(day)
    old, new = in_force(definition, span, kind, on=change - ONE_DAY), in_force(definition, span, kind, on=change)
    assert (old and old.days) == before
    assert new.days == after
    assert new.valid_from == change


def test_these_are_all_the_changes(catalogue):
    changes = {
        (p.key, span, version.kind, str(version.valid_from))
        for p in catalogue.pathways.values()
        for span, versions in p.time_limit.items()
        for version in versions
        if version.valid_from != p.introduced
    }
    day, later = "2021-05-01", "2023-01-01"
    assert changes == {
        *(("breast", span, kind, day) for span, kind in [("OF2", ""), ("OF4", "K"), ("OF4", "M")]),
        *(("testis", span, kind, day) for span in ("OF3", "OF4") for kind in "KM"),
        *((key, span, "S", later) for key in ("lymphoma", "myeloma") for span in ("OF3", "OF4")),
    }


@pytest.mark.parametrize(
    ("pathway", "day", "limit"),
    [("breast", "2014-12-31", None), ("breast", "2015-01-01", 7), ("diagnostic", "2015-05-01", 7)],
)
def test_there_is_no_limit_before_the_first_version(catalogue, pathway, day, limit):
    found = in_force(catalogue.pathway_by_key(pathway), "OF1", on=date.fromisoformat(day))
    assert (found and found.days) == limit


def test_the_version_of_a_pathway_is_the_day_of_its_latest_change(catalogue):
    breast = catalogue.pathway_by_key("breast")
    assert version_days(breast) == [date(2015, 1, 1), date(2021, 5, 1)]
    assert version_day(breast, on=date(2021, 4, 30)) == date(2015, 1, 1)
    assert version_day(breast, on=date(2021, 5, 1)) == date(2021, 5, 1)
    assert version_day(breast, on=date(2014, 5, 1)) is None


def test_the_whole_time_is_the_sum_of_its_parts(catalogue):
    """In every version, for every kind of treatment that has a limit."""
    checked = 0
    for pathway in catalogue.pathways.values():
        for day in version_days(pathway):
            for kind in "KMSLOI":
                parts = [in_force(pathway, s, k, on=day) for s, k in (("OF1", ""), ("OF2", ""), ("OF3", kind))]
                whole = in_force(pathway, "OF4", kind, on=day)
                assert (whole is None) == (parts[2] is None)
                if whole:
                    assert whole.days == sum(part.days for part in parts), (pathway.key, kind, day)
                    checked += 1
    assert checked == 82


def test_surveillance_has_a_limit_in_three_pathways_two_of_them_chosen(catalogue):
    sure = {
        pathway.key: (version.days, version.confidence)
        for pathway in catalogue.pathways.values()
        for version in pathway.time_limit.get("OF4", ())
        if version.kind == "O"
    }
    assert sure == {"prostate": (66, "choice"), "cll": (32, "choice"), "testis": (31, "stated")}


def test_palliative_and_no_treatment_have_no_limit(catalogue):
    kinds = {v.kind for p in catalogue.pathways.values() for versions in p.time_limit.values() for v in versions}
    assert kinds == {"", "K", "M", "S", "O"}


def test_the_diagnostic_pathway_is_judged_by_the_first_two_spans(catalogue):
    diagnostic = catalogue.pathway_by_key("diagnostic")
    family = catalogue.families[diagnostic.family]
    spans = {span.key: span.limit for span in family.span}
    days = [in_force(diagnostic, spans[key], on=date(2021, 1, 1)).days for key in family.share_limit]
    assert (family.share_from, family.share_to, sum(days)) == ("start", "decision", 22)
