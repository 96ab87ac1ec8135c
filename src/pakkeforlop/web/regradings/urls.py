"""Addresses of upgraded and downgraded referrals."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.regradings import views
from pakkeforlop.web.routes import page

pages = [
    page("regradings/", views.regradings_page, name="regradings", right=Right.REFERRALS),
    page("regradings/sent/", views.sent, name="regradings_sent", right=Right.REFERRALS, methods=("POST",)),
]
