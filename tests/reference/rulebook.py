"""What the rule book says about codes, written out by hand. Nothing here is read from the catalogue.

Sources: the coding guides of the three families and the register's list of messages; decisions 2, 4 and 5 for what these
leave open.
"""

from __future__ import annotations

from datetime import date

# --- prefixes ---------------------------------------------------------------------------------------

JANUARY = date(2015, 1, 1)
MAY = date(2015, 5, 1)
SEPTEMBER = date(2015, 9, 1)

FIRST_DAY = {
    "A01": JANUARY, "A12": JANUARY, "A16": JANUARY, "A26": JANUARY,
    "A02": MAY, "A06": MAY, "A14": MAY, "A15": MAY, "A18": MAY, "A20": MAY, "A21": MAY, "A22": MAY, "A32": MAY,
    "A03": SEPTEMBER, "A04": SEPTEMBER, "A05": SEPTEMBER, "A07": SEPTEMBER, "A17": SEPTEMBER, "A23": SEPTEMBER,
    "A30": SEPTEMBER, "A34": SEPTEMBER, "A36": SEPTEMBER, "A37": SEPTEMBER, "A38": SEPTEMBER, "A39": SEPTEMBER,
    "A40": SEPTEMBER,
    "B01": SEPTEMBER,
    "C01": MAY,
}  # fmt: skip
LAST_DAY = {"A03": date(2021, 4, 30), "A05": date(2021, 4, 30)}

CHILDREN = "A30"
METASTASES = "B01"
DIAGNOSTIC = "C01"

# --- suffixes, retired ones too --------------------------------------------------------------------

ORGAN_SUFFIXES = "A AA S B CK CM CA CI O P FK FM FS FL FO FI X".split()
METASTASES_SUFFIXES = "A AA S B CK CU CD CA CI O P FK FM FS FL FO FI X".split()
DIAGNOSTIC_SUFFIXES = "A AA S B CK CU CD CA CI O P X".split()

BIOPSY_AND_CD_LAST_DAY = date(2016, 12, 31)
P_AND_AA_FIRST_DAY = date(2020, 1, 1)

ORDER_WITHIN_A_DAY = "A AA S B CK CU CM CA CI CD O P FK FM FS FL FO FI X".split()
"""Decisions 5 (R1): A, AA, S, B, then C by K U M A I D, O, P, F by K M S L O I, X."""

STARTS = ("A", "AA")


def suffixes(prefix: str) -> list[str]:
    """The suffixes that any list of the family has known."""
    return {METASTASES: METASTASES_SUFFIXES, DIAGNOSTIC: DIAGNOSTIC_SUFFIXES}.get(prefix, ORGAN_SUFFIXES)


def is_known(code: str) -> bool:
    """Is the code in the combined list, of today or earlier?"""
    return code[:3] in FIRST_DAY and code[3:] in suffixes(code[:3])


def last_day(code: str) -> date | None:
    """The last day the code may be used; None where it still may."""
    if code[3:] in ("B", "CD"):
        return BIOPSY_AND_CD_LAST_DAY
    return LAST_DAY.get(code[:3])


def not_introduced(prefix: str) -> int:
    """The message for a code dated before its pathway was introduced: 103, 104 or 115."""
    return {METASTASES: 103, DIAGNOSTIC: 104}.get(prefix, 115)


def ends(prefix: str, suffix: str) -> bool:
    """Does the code end the pathway?"""
    if suffix == "X" or suffix[0] == "F":
        return True
    if suffix[0] != "C":
        return False
    if prefix == DIAGNOSTIC:
        return True
    return suffix != ("CU" if prefix == METASTASES else "CK")


def superfluous_after(end: str) -> int:
    """The message for a code after the end, by how the pathway ended: C 112, F 113, X 114."""
    return {"C": 112, "F": 113, "X": 114}[end[0]]


def attendance_missing(prefix: str, suffix: str) -> int | None:
    """The message for a decision without an earlier S; None for decisions that need none."""
    if prefix == METASTASES:
        return 118 if suffix in ("CK", "CU", "CD") else None
    if prefix == DIAGNOSTIC:
        return 119 if suffix in ("CK", "CA", "CU", "CD") else None
    return 108 if suffix == "CK" else None
