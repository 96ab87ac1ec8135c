"""Addresses of keys of other systems."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.routes import page
from pakkeforlop.web.systems import views

pages = [
    page("systems/", views.systems, name="systems", right=Right.PEOPLE, methods=("GET", "POST")),
    page("systems/end/", views.end, name="systems_end", right=Right.PEOPLE, methods=("POST",)),
]
