"""Addresses of users and assignments."""

from __future__ import annotations

from django.urls import URLPattern

pages: list[URLPattern] = []
