"""Addresses of the log and of opening with a reason."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.log import patient_log
from pakkeforlop.web.log.openings import openings, seen
from pakkeforlop.web.log.stopped import open_patient
from pakkeforlop.web.routes import page

pages = [
    page("open/<str:handle>/", open_patient, name="open_patient", right=Right.OPEN_WITH_REASON, methods=("POST",)),
    page("openings/", openings, name="openings", right=Right.OPENINGS),
    page("openings/seen/", seen, name="openings_seen", right=Right.OPENINGS, methods=("POST",)),
    page("log/", patient_log.find, name="patient_log", right=Right.LOG, methods=("GET", "POST")),
    page("log/<str:handle>/", patient_log.show, name="patient_log_show", right=Right.LOG, about_patient=True),
    page("log/<str:handle>/file/", patient_log.take_out, name="patient_log_file", right=Right.LOG, about_patient=True),
]
