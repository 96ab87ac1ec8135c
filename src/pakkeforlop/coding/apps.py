"""The tables of `coding` as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """`coding`."""

    name = "pakkeforlop.coding"
    label = "coding"
