"""Addresses of the login by HelseID; `login/helseid/back/` is the one that is told to HelseID's self-service."""

from __future__ import annotations

from pakkeforlop.web.helseid import views
from pakkeforlop.web.routes import Open, page

pages = [
    page("login/helseid/", views.start, name="helseid_start", right=Open.ANYONE, methods=("POST",)),
    page("login/helseid/back/", views.back, name="helseid_back", right=Open.ANYONE),
    page("login/helseid/tie/", views.tie, name="helseid_tie", right=Open.LOGGED_IN, methods=("POST",)),
    page("login/helseid/cut/", views.cut, name="helseid_cut", right=Open.LOGGED_IN, methods=("POST",)),
]
