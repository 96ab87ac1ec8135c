"""Addresses of the worklist."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.routes import page
from pakkeforlop.web.worklist.asked import search
from pakkeforlop.web.worklist.deeds import confirm, reject, undo, undo_owner, work
from pakkeforlop.web.worklist.export import print_page, sheet
from pakkeforlop.web.worklist.live import live
from pakkeforlop.web.worklist.many import assign_many, confirm_many, save_view, single_keys, undo_many
from pakkeforlop.web.worklist.views import panel_page, worklist_page

POST = ("POST",)
pages = [
    page("worklist/", worklist_page, name="worklist", right=Right.WORKLIST),
    page("worklist/search/", search, name="worklist_search", right=Right.WORKLIST, methods=POST),
    page("worklist/row/", panel_page, name="worklist_row", right=Right.WORKLIST),
    page("worklist/live/", live, name="worklist_live", right=Right.WORKLIST, quiet=True),
    page("worklist/print/", print_page, name="worklist_print", right=Right.EXPORT),
    page("worklist/sheet/", sheet, name="worklist_sheet", right=Right.EXPORT),
    page("worklist/views/", save_view, name="worklist_save_view", right=Right.WORKLIST, methods=POST),
    page("worklist/keys/", single_keys, name="worklist_keys", right=Right.WORKLIST, methods=POST),
    page("worklist/confirm/", confirm_many, name="worklist_confirm_many", right=Right.CODE, methods=POST),
    page("worklist/undo/", undo_many, name="worklist_undo_many", right=Right.CODE, methods=POST),
    page("worklist/assign/", assign_many, name="worklist_assign_many", right=Right.COORDINATE, methods=POST),
    page("worklist/assign/undo/", undo_owner, name="worklist_undo_owner", right=Right.COORDINATE, methods=POST),
    page(
        "worklist/<str:handle>/confirm/", confirm, name="worklist_confirm", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "worklist/<str:handle>/reject/", reject, name="worklist_reject", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "worklist/<str:handle>/undo/", undo, name="worklist_undo", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "worklist/<str:handle>/work/", work, name="worklist_work", right=Right.COORDINATE,
        about_patient=True, methods=POST,
    ),
]  # fmt: skip
