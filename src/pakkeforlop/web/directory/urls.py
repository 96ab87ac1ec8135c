"""Addresses of who is who."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.directory import views
from pakkeforlop.web.routes import page

BOTH, POST = ("GET", "POST"), ("POST",)
pages = [
    page("directory/", views.who_is_who, name="directory", right=Right.DIRECTORY),
    page("directory/add/", views.add, name="directory_add", right=Right.DIRECTORY_EDIT, methods=BOTH),
    page("directory/<int:pk>/", views.edit, name="directory_edit", right=Right.DIRECTORY_EDIT, methods=BOTH),
    page("directory/<int:pk>/end/", views.end, name="directory_end", right=Right.DIRECTORY_EDIT, methods=POST),
]
