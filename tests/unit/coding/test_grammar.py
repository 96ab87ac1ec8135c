"""A code is read by position, and a wrong one gets the nearest right one proposed."""

import pytest

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.grammar import PathwayCode, nearest, well_formed

KNOWN = frozenset(load_catalogue().codes)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A12CK", ("A12", "C", "K")),
        ("A01A", ("A01", "A", "")),
        ("A01AA", ("A01", "A", "A")),
        ("A01CA", ("A01", "C", "A")),
        ("C01S", ("C01", "S", "")),
        ("A16FS", ("A16", "F", "S")),
    ],
)
def test_a_code_knows_its_parts(text: str, parts: tuple[str, str, str]) -> None:
    code = PathwayCode(text, KNOWN)
    assert (code.pathway, code.event, code.outcome) == parts


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("A12KC", "A12CK"), ("a12ck", "A12CK"), ("A12 CK", "A12CK"), ("B01CM", "B01CK"), ("C01FK", "C01CK"), ("Q99", "")],
)
def test_a_wrong_code_gets_the_nearest_one(wrong: str, meant: str) -> None:
    found = nearest(wrong, KNOWN)
    assert found[:3] == meant[:3]
    if meant.startswith("A12"):
        assert found == meant


def test_a_code_that_does_not_exist_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"'A12KC' is not a pathway code\. Did you mean A12CK\?"):
        PathwayCode("A12KC", KNOWN)


@pytest.mark.parametrize(("text", "shape"), [("A27A", True), ("a01a", False), ("A01F1", False), ("WMFG11", False)])
def test_shape_is_not_existence(text: str, shape: bool) -> None:  # noqa: FBT001
    assert well_formed(text) is shape
