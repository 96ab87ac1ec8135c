"""Hypothesis: the same examples on every run, so that a red test is a change; other ones with EXPLORE=1."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "pakkeforlop",
    deadline=None,
    derandomize=not os.environ.get("EXPLORE"),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("pakkeforlop")
