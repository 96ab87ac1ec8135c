"""Addresses of the worklist."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.routes import page
from pakkeforlop.web.worklist import deeds, export, live, many, views

POST = ("POST",)
pages = [
    page("worklist/", views.worklist_page, name="worklist", right=Right.WORKLIST),
    page("worklist/row/", views.panel_page, name="worklist_row", right=Right.WORKLIST),
    page("worklist/live/", live.live, name="worklist_live", right=Right.WORKLIST, quiet=True),
    page("worklist/print/", export.print_page, name="worklist_print", right=Right.EXPORT),
    page("worklist/sheet/", export.sheet, name="worklist_sheet", right=Right.EXPORT),
    page("worklist/views/", many.save_view, name="worklist_save_view", right=Right.WORKLIST, methods=POST),
    page("worklist/keys/", many.single_keys, name="worklist_keys", right=Right.WORKLIST, methods=POST),
    page("worklist/confirm/", many.confirm_many, name="worklist_confirm_many", right=Right.CODE, methods=POST),
    page("worklist/assign/", many.assign_many, name="worklist_assign_many", right=Right.COORDINATE, methods=POST),
    page(
        "worklist/<str:handle>/confirm/", deeds.confirm, name="worklist_confirm", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "worklist/<str:handle>/reject/", deeds.reject, name="worklist_reject", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "worklist/<str:handle>/undo/", deeds.undo, name="worklist_undo", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "worklist/<str:handle>/work/", deeds.work, name="worklist_work", right=Right.COORDINATE,
        about_patient=True, methods=POST,
    ),
]  # fmt: skip
