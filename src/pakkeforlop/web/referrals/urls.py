"""Addresses of the referrals."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.referrals import anew, views
from pakkeforlop.web.routes import page

pages = [
    page("referrals/", views.inbox_page, name="referrals", right=Right.REFERRALS),
    page(
        "referrals/<str:handle>/", views.assess, name="referral_assess", right=Right.REFERRALS, about_patient=True,
        methods=("POST",),
    ),
    page(
        "referrals/<str:handle>/anew/", anew.page, name="referral_anew", right=Right.REFERRALS, about_patient=True,
        methods=("GET", "POST"),
    ),
]  # fmt: skip
