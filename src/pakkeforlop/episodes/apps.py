"""The tables of `episodes` as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class EpisodesConfig(AppConfig):
    """`episodes`."""

    name = "pakkeforlop.episodes"
    label = "episodes"
