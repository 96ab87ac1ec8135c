"""Addresses of the public pages: the site finds its own way below them."""

from __future__ import annotations

from pakkeforlop.web.public import views
from pakkeforlop.web.routes import Open, page

pages = [
    page("statistikk/", views.page, name="statistics", right=Open.ANYONE),
    page("statistikk/<path:path>", views.page, name="statistics_page", right=Open.ANYONE),
]
