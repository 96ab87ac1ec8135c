"""Addresses of the transfers."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.routes import page
from pakkeforlop.web.transfers import deeds, views

pages = [
    page("transfers/", views.transfers_page, name="transfers", right=Right.WORKLIST),
    page("transfers/live/", views.live, name="transfers_live", right=Right.WORKLIST, quiet=True),
    page(
        "transfers/<str:handle>/send/", deeds.send, name="transfer_send", right=Right.CODE, about_patient=True,
        methods=("GET", "POST"),
    ),
    page(
        "transfers/<str:handle>/answer/", deeds.answer, name="transfer_answer", right=Right.COORDINATE,
        about_patient=True, methods=("POST",),
    ),
]  # fmt: skip
