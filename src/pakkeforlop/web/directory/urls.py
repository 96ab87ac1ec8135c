"""Addresses of who is who."""

from __future__ import annotations

from django.urls import URLPattern

pages: list[URLPattern] = []
