"""Addresses of lists handed over."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.cover import views
from pakkeforlop.web.routes import page

pages = [
    page("cover/", views.cover_page, name="cover", right=Right.COORDINATE, methods=("GET", "POST")),
    page("cover/<int:number>/brief/", views.brief_page, name="cover_brief", right=Right.WORKLIST),
    page("cover/<int:number>/end/", views.end, name="cover_end", right=Right.COORDINATE, methods=("POST",)),
]  # fmt: skip
