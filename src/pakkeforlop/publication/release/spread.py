"""How long over the limit: the persons of the share, by band of days over, for the country and regions and by year.

Complete counts, never to be shown: disclosure control decides what is (docs/decisions/0014-suppression.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.release.ended import Episodes

BANDS = ("within", "over_1_7", "over_8_14", "over_15_28", "over_29")
"""In time, then 1-7, 8-14, 15-28 and more days over the pathway's own limit."""
FIRST_DAYS = (1, 8, 15, 29)
"""The first day over of each band but the first."""


def spread_rows(episodes: pa.Table, catalogue: Catalogue) -> list[dict[str, Any]]:
    """A row for each band that has persons: those of the denominator of the share, by the year the pathway ended."""
    seen = Episodes(episodes, catalogue)
    counted = seen.text("share_reason") == "counts"
    years = seen.years("end_date")
    band = np.searchsorted(np.array(FIRST_DAYS), seen.days("share_days") - seen.days("share_limit"), side="right")
    places = list(seen.places())
    rows = []
    for key, mine in seen.pathways():
        for place, here in places:
            chosen = counted & mine & here
            for year in sorted(set(years[chosen].tolist())):
                counts = np.bincount(band[chosen & (years == year)], minlength=len(BANDS))
                rows += [
                    {
                        "pathway_key": key, "unit_level": place.level, "org_nr": place.org_nr,
                        "unit_name": place.name, "year": year, "band": name, "count": int(count),
                    }
                    for name, count in zip(BANDS, counts.tolist(), strict=True) if count
                ]  # fmt: skip
    return rows
