"""Addresses of the report."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.figures import views
from pakkeforlop.web.routes import page

pages = [
    page("figures/", views.front, name="figures", right=Right.FIGURES),
    page("figures/<str:name>", views.report_page, name="figures_page", right=Right.FIGURES),
]
