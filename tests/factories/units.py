"""The places that stories are set in, by short name: real units of the organisation catalogue.

HF1, HF2 and HF3 are hospitals of three trusts, HF1b and HF2b second hospitals of the first two; `HF1 trust` is the
trust's own number. Their numbers rise in that order, so that ties between units fall as a reader expects.
"""

UNITS = {
    "HF1": "974557746",  # Haukeland, Helse Bergen
    "HF1b": "974743272",  # Voss, Helse Bergen
    "HF1c": "9745577460",  # Haukeland's radiotherapy unit: one digit more
    "HF1 trust": "983974724",
    "HF2": "974749025",  # Trondheim, St. Olavs
    "HF2b": "974749505",  # Røros, St. Olavs
    "HF2 trust": "883974832",
    "HF3": "974795787",  # Tromsø, UNN
    "HF3 trust": "983974899",
    "Kongsvinger": "974631776",  # Innlandet to 2019-01-31, then Ahus
    "Elverum": "974631768",  # Innlandet
    "Innlandet": "983971709",
    "Nordbyhagen": "974706490",  # Ahus
    "Ahus": "983971636",
    "unknown": "912345678",
}


def number(unit: str) -> str:
    """The organisation number that a story's short name stands for; other texts are taken as written."""
    return UNITS.get(unit, unit)
