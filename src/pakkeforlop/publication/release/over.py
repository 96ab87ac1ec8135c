"""How long over the limit, as figures: told only where the share itself is shown, and protected with its sums.

The sums of a figure's bands are the share's counts, which its readers know, so they never move; what is hidden among
the bands is hidden between the country, its regions and the bands themselves. A figure that the share hides has no
bands told at all, not even those of nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.disclosure.block import Block, Member, Past, Reason, State
from pakkeforlop.publication.disclosure.protect import Protected
from pakkeforlop.publication.disclosure.rule import Flags
from pakkeforlop.publication.release.blocks import ALL, REST
from pakkeforlop.publication.release.source import VALUES, Figure
from pakkeforlop.publication.release.spread import BANDS
from pakkeforlop.vocabulary.errors import FileFault

INDICATOR, SHARE, WITHIN = "of4_spread", "of4_share", BANDS[0]
NONE: tuple[float | None, ...] = (None,) * len(VALUES)


def band_figures(
    rows: Iterable[dict[str, Any]], figures: Sequence[Figure], catalogue: Catalogue, *, file: object
) -> list[Figure]:
    """The rows of `spread_rows` for the years that are released, with the sum of each: the country and its regions.

    Raises FileFault when they are not over the same persons as the share.
    """
    places = {catalogue.country.org_nr, *(region.org_nr for region in catalogue.regions.values())}
    shares = {
        (one.pathway, one.org_nr, one.year): one
        for one in figures
        if one.indicator == SHARE and one.branch == ALL and len(one.period) == 4 and one.org_nr in places
    }
    bands: dict[tuple[str, str, int], dict[str, int]] = defaultdict(dict)
    for row in rows:
        key = row["pathway_key"], row["org_nr"], int(row["year"])
        if key in shares:
            bands[key][row["band"]] = int(row["count"])
    found = []
    for key, share in sorted(shares.items()):
        counts = bands.get(key, {})
        told = sum(counts.values()), counts.get(WITHIN, 0)
        if told != (share.denominator, share.numerator):
            raise FileFault(
                "release_episodes", file=file, nodes=[key[0], share.unit_name, key[2]], said=f"{told[1]}/{told[0]}",
                counted=f"{share.numerator}/{share.denominator}",
            )  # fmt: skip
        for band, count in ((ALL, share.denominator), *((band, counts.get(band, 0)) for band in BANDS)):
            if count:
                found.append(
                    Figure(
                        INDICATOR, "", band, share.pathway, share.level, share.unit_name, share.org_nr, share.period,
                        share.period_from, share.period_to, 0, count, NONE, share.row,
                    )
                )  # fmt: skip
    return found


def set_beside(block: Block, whole: Protected) -> None:
    """Tell nothing where the share is not shown; where it is, its counts are known and stand still."""
    shown = _shown(block, whole)
    (member,) = block.members
    member.aside = np.repeat(~shown[:, :, None, :], len(block.axes[2].names), axis=2)
    fixed = np.zeros(block.shape, np.bool_)
    for part in (ALL, WITHIN):
        fixed[:, :, block.axes[2].names.index(part)] = shown
    state = np.where(fixed, State.SHOWN, State.UNPUBLISHED).astype(np.int8)
    known = Member(False, member.numerator, member.denominator, fixed)
    block.past.append(Past("share", [known], [state], [np.full(block.shape, Reason.NONE, np.int8)]))


def _shown(block: Block, whole: Protected) -> Flags:
    """By unit, period and pathway: whether the share's counts are shown. Of a country's rest: where all others are."""
    units, periods, _, pathways = block.axes
    theirs = whole.block.axes
    state = whole.states[0][:, :, theirs[2].names.index(ALL)]
    found = np.zeros((len(units.names), len(periods.names), len(pathways.names)), np.bool_)
    for at, name in enumerate(units.names):
        if not name.endswith(REST):
            rows = np.ix_(
                [theirs[0].names.index(name)],
                [theirs[1].names.index(period) for period in periods.names],
                [theirs[3].names.index(pathway) for pathway in pathways.names],
            )
            found[at] = (state[rows] == State.SHOWN)[0]
    for at, name in enumerate(units.names):
        if name.endswith(REST):
            above = units.above[at]
            found[at] = found[above] & found[[n for n in units.below(above) if n != at]].all(axis=0)
    return found
