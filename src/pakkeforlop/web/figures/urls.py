"""Addresses of figures: those of now, what stands behind a number, and the report of the last run."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.figures import behind, look, views
from pakkeforlop.web.routes import page

pages = [
    page("figures/", look.look, name="figures", right=Right.FIGURES),
    page("figures/behind/", behind.behind_page, name="figures_behind", right=Right.PATIENT),
    page("figures/report/", views.front, name="figures_report", right=Right.FIGURES),
    page("figures/<str:name>", views.report_page, name="figures_page", right=Right.FIGURES),
]
