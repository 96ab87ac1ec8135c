"""The Django app of reporting to the register."""

from __future__ import annotations

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Tables of submissions, returns, locked periods and reminders."""

    name = "pakkeforlop.reporting"
    label = "reporting"
