"""Addresses of tasks and promised answers."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.routes import page
from pakkeforlop.web.tasks import deeds, views

POST = ("POST",)
pages = [
    page("tasks/", views.tasks_page, name="tasks", right=Right.WORKLIST),
    page("tasks/live/", views.live, name="tasks_live", right=Right.WORKLIST, quiet=True),
    page("tasks/address/", deeds.address, name="tasks_address", right=Right.WORKLIST, methods=POST),
    page(
        "tasks/<str:handle>/new/", deeds.new, name="task_new", right=Right.COORDINATE, about_patient=True,
        methods=("GET", "POST"),
    ),
    page(
        "tasks/<str:handle>/work/", deeds.do_work, name="task_work", right=Right.COORDINATE, about_patient=True,
        methods=POST,
    ),
]  # fmt: skip
