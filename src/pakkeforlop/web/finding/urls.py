"""The address of the search."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.finding import views
from pakkeforlop.web.routes import page

pages = [page("find/", views.find_patient, name="find_patient", right=Right.PATIENT, methods=("GET", "POST"))]
