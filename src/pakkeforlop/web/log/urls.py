"""Addresses of the log and of opening with a reason."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.log.stopped import open_patient
from pakkeforlop.web.routes import page

pages = [
    page("open/<str:handle>/", open_patient, name="open_patient", right=Right.OPEN_WITH_REASON, methods=("POST",)),
]
