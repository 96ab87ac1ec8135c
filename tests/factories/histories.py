"""Where made-up histories are drawn from: few days, places and codes, chosen so that rules collide often."""

from __future__ import annotations

from datetime import date, timedelta

from factories.units import UNITS

BASES = [
    date(2015, 4, 25),  # pathways begin on 1 May and 1 September
    date(2015, 8, 28),
    date(2016, 12, 27),  # biopsy and CD lapse
    date(2019, 1, 28),  # Kongsvinger changes trust
    date(2019, 12, 28),  # P and AA begin
    date(2020, 12, 20),  # limits change, two pathways are taken out on 1 May 2021
    date(2021, 4, 26),
    date(2022, 12, 28),  # limits change
    date(2024, 2, 26),  # a leap day
]
STEPS = [0, 0, 0, 1, 1, 2, 3, 5, 8, 13, 29, 30, 31, 60, 89, 90, 91, 120, 364, 365, 366, 367, 400, 729, 730, 731, 800]
"""Days after the base: the edges of every rule that counts days, and short ones often."""

PLACES = [
    *(UNITS[name] for name in ("HF1", "HF1", "HF1", "HF1b", "HF1c", "HF1 trust", "HF2", "HF2", "HF2 trust", "HF3")),
    *(UNITS[name] for name in ("Kongsvinger", "Kongsvinger", "Elverum", "Nordbyhagen", "Innlandet", "Ahus")),
    UNITS["unknown"],
    "bergen",
    "somewhere",
]
FEW_PLACES = [UNITS["HF1"], UNITS["HF1b"], UNITS["HF2"], UNITS["HF2"]]

PREFIXES = ["A01", "A01", "A26", "A16", "A18", "A03", "A30", "A38", "B01", "B01", "C01", "C01"]
SUFFIXES = "A A A A AA S S S O O O CK CK CU CM CA CI CD B P P FK FM FS FO FL FI X".split()
LASTING = "A A A A AA S S O O O O CK CU P B FK X".split()
"""Mostly codes that do not end a pathway: with a start first, they make long and tangled ones."""
RUBBISH = ["A27A", "a01a", "A01F1", "WMFG11", "A01"]

BIRTHS = [None, date(1960, 5, 17), date(2004, 2, 29), date(2001, 12, 28), date(2006, 2, 26), date(1997, 4, 26)]
AS_OF = [
    date(2016, 12, 31),
    date(2019, 2, 28),
    date(2021, 4, 30),
    date(2021, 5, 1),
    date(2024, 3, 27),
    date(2026, 12, 31),
]
REGISTERED = ["", "2019-02-01", "2021-05-01", "2024-03-01", "2024-03-01", "2024-03-20", "2025-01-01"]


def day(base: date, step: int) -> str:
    """The day `step` days after `base`, as text."""
    return (base + timedelta(days=step)).isoformat()
