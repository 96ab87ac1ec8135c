"""Addresses of onward referrals."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.onward import views
from pakkeforlop.web.routes import page

POST = ("POST",)
pages = [
    page("onward/", views.waiting_page, name="onward", right=Right.CODE),
    page("onward/take/", views.take, name="onward_take", right=Right.CODE, methods=POST),
    page("onward/<str:handle>/", views.referral_page, name="onward_referral", right=Right.CODE, about_patient=True),
    page(
        "onward/<str:handle>/confirm/", views.confirm, name="onward_confirm", right=Right.CODE, about_patient=True,
        methods=POST,
    ),
    page("onward/<str:handle>/write/", views.write, name="onward_write", right=Right.CODE, about_patient=True),
]  # fmt: skip
