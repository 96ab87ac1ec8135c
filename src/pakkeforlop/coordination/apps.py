"""The Django app of the working day."""

from __future__ import annotations

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Tables of the worklist and what hangs on a patient's pathway."""

    name = "pakkeforlop.coordination"
    label = "coordination"
