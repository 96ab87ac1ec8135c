"""Addresses of the lists of codes."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.codes import deeds, views
from pakkeforlop.web.codes.live import live
from pakkeforlop.web.codes.sheet import sheet
from pakkeforlop.web.routes import page

POST = ("POST",)
pages = [
    page("codes/missing/", views.missing, name="missing_codes", right=Right.CODING_LISTS),
    page(
        "codes/missing/confirm/", deeds.confirm_many, name="missing_codes_confirm", right=Right.CODE, methods=POST
    ),
    page("codes/missing/undo/", deeds.undo_many, name="missing_codes_undo_many", right=Right.CODE, methods=POST),
    page("codes/missing/live/", live, name="missing_codes_live", right=Right.CODING_LISTS, quiet=True),
    page("codes/missing/sheet/", sheet, name="missing_codes_sheet", right=Right.EXPORT),
    page(
        "codes/missing/views/", views.save_view, name="missing_codes_save_view", right=Right.CODING_LISTS, methods=POST
    ),
    page("codes/missing/settle/", deeds.settle, name="missing_codes_settle", right=Right.CODING_LISTS, methods=POST),
    page("codes/missing/reason/", deeds.reason, name="missing_codes_reason", right=Right.CODING_LISTS, methods=POST),
    page(
        "codes/<str:handle>/confirm/", deeds.confirm, name="codes_confirm", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "codes/<str:handle>/reject/", deeds.reject, name="codes_reject", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "codes/<str:handle>/undo/", deeds.undo, name="codes_undo", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
]  # fmt: skip
