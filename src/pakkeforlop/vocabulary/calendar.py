"""Days as whole numbers: days since 1970-01-01, in the date as written, with no clock and no zone."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

EPOCH = date(1970, 1, 1).toordinal()
NO_DAY = -(2**31)
"""Stands for a missing day in int32 columns."""

Days = npt.NDArray[np.int32]


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + EPOCH)


def whole_years(born: date, on: date) -> int:
    """Age in whole years on a day; born on 29 February: a year older on 1 March in ordinary years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
