"""Addresses of users and assignments."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.people import views
from pakkeforlop.web.routes import page

BOTH, POST = ("GET", "POST"), ("POST",)
pages = [
    page("people/", views.people, name="people", right=Right.PEOPLE),
    page("people/add/", views.add, name="people_add", right=Right.PEOPLE, methods=BOTH),
    page("people/<int:pk>/", views.one, name="people_one", right=Right.PEOPLE, methods=BOTH),
    page("people/<int:pk>/login/", views.new_login, name="people_new_login", right=Right.PEOPLE, methods=POST),
    page("people/<int:pk>/assign/", views.assign, name="people_assign", right=Right.PEOPLE, methods=POST),
    page("people/assignments/<int:pk>/end/", views.end, name="people_end", right=Right.PEOPLE, methods=POST),
]
