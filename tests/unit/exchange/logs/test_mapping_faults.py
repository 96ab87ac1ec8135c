"""A faulty mapping is refused with all its faults, each with its line."""

from __future__ import annotations

import pytest

from pakkeforlop.exchange.logs.mapping import MappingFault
from pakkeforlop.vocabulary.errors import DefinitionFault

HEAD = '''name = "n"
[read]
format = "csv"
patient = "p"
date = "d"
'''
GOOD = HEAD + '''[[milestone]]
key = "first"
all = [{ column = "a", is = ["x"] }]
'''


def test_a_good_mapping_is_read(mapping):
    assert [milestone.key for milestone in mapping(GOOD).milestone] == ["first"]


FAULTS = {
    "unknown key": (GOOD.replace("key =", "kye ="), 7, "kye"),
    "no text to look for": (GOOD.replace(', is = ["x"]', ""), 8, "is, starts_with, contains"),
    "not a pattern": (GOOD.replace('is = ["x"]', 'matches = "("'), 8, "regular expression"),
    "code that is none": (GOOD + 'code = "A12C"\n[place]\ninstitution = "974589095"\n', 9, "A12C is not a pathway code"),
    "code without a place": (GOOD + 'code = "A12CK"\n', 2, "need a place"),
    "name that is not above": (GOOD + 'on_or_after = ["later"]\n', 9, "no milestone later above"),
    "two of one name": (GOOD + '[[milestone]]\nkey = "first"\nall = [{ column = "a", is = ["y"] }]\n', 10, "stands twice"),
    "nothing to look for": (GOOD.replace('all = [{ column = "a", is = ["x"] }]\n', ""), 6, "does not say which events"),
    "start of nothing": (
        GOOD + '[[start]]\nmilestone = "other"\ncode = "A12A"\nbecause = "b"\n[place]\ninstitution = "974589095"\n', 10,
        "no milestone other",
    ),
    "no date column": (GOOD.replace('date = "d"\n', ""), 2, "needs date"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault(mapping, name):
    text, line, said = FAULTS[name]
    with pytest.raises(MappingFault) as caught:
        mapping(text)
    sentences = [entry for entry in caught.value.told() if said in entry[3]["en"] or said in entry[2]]
    assert sentences, caught.value.what("en")
    assert sentences[0][0] == line
    assert caught.value.exit_code == 11


def test_all_faults_at_once(mapping):
    with pytest.raises(MappingFault) as caught:
        mapping(GOOD + 'code = "A12C"\non_or_after = ["later"]\n')
    assert len(caught.value.told()) == 3
    assert caught.value.what("nb").count("\n") == 2


def test_not_toml(mapping):
    with pytest.raises(DefinitionFault) as caught:
        mapping("name = [")
    assert caught.value.key == "mapping_not_toml"


PLACES = {
    "a condition in a list over several lines": (
        HEAD + '[[milestone]]\nkey = "first"\nall = [\n    { column = "a", is = ["x"] },  # {\n    { column = "b" },\n]\n', (10, 5),
        "is, starts_with",
    ),
    "a key of a condition": (GOOD.replace("is = ", "equals = "), (8, 24), "Known: column, contains, ignore_case, is, matches"),
    "a condition of two": (GOOD.replace('["x"] }', '["x"] }, { column = "c", matches = "(" }'), (8, 38), "regular expression"),
    "a code": (GOOD + '  code = "A12C"\n[place]\ninstitution = "974589095"\n', (9, 3), "is not a pathway code"),
    "a key with a blank": (GOOD.replace('"first"', '"first visit"'), (6, 1), "must be one word"),
    "a form of dates": (GOOD.replace('date = "d"', 'date = "d"\ndate_format = "%d.%m"'), (2, 1), "how a date is written"),
    "no reason": (GOOD + '[shift]\nyears = 1\nbecause = ""\n', (11, 1), "Write why"),
    "a reason in two languages": (GOOD + '[shift]\nyears = 1\nbecause = { nb = "a", en = "b" }\n', (11, 1), "is missing"),
}


@pytest.mark.parametrize("name", PLACES)
def test_line_and_column(mapping, name):
    """Both from 1, of the innermost part that stands in the file; nothing else is told."""
    text, place, said = PLACES[name]
    with pytest.raises(MappingFault) as caught:
        mapping(text)
    (one,) = caught.value.told()
    assert (one[0], one[1]) == place, one
    assert said in one[3]["en"]


def test_one_text_does_for_a_list_of_one(mapping):
    (milestone,) = mapping(GOOD.replace('["x"]', '"x"')).milestone
    assert milestone.all[0].is_ == ("x",)
