"""The Django app of people, rights and the access log."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Tables whose names begin with `access_`."""

    name = "pakkeforlop.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
