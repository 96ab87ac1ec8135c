"""Addresses of the patient's page. What is typed never stands in an address."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.patient import codes, views
from pakkeforlop.web.patient.live import live
from pakkeforlop.web.routes import page

POST = ("POST",)
pages = [
    page("patient/live/", live, name="patient_live", right=Right.PATIENT, quiet=True),
    page("patient/<str:handle>/", views.patient_page, name="patient", right=Right.PATIENT, about_patient=True),
    page(
        "patient/<str:handle>/number/", views.number, name="patient_number", right=Right.PATIENT,
        about_patient=True, methods=POST,
    ),
    page(
        "patient/<str:handle>/code/", codes.save, name="patient_code", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "patient/<str:handle>/verdict/", codes.verdict_part, name="patient_verdict", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "patient/<str:handle>/withdraw/", codes.withdraw, name="patient_withdraw", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "patient/<str:handle>/reject/", codes.reject, name="patient_reject", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "patient/<str:handle>/undo/", codes.undo, name="patient_undo", right=Right.CODE,
        about_patient=True, methods=POST,
    ),
    page(
        "patient/<str:handle>/work/", views.work, name="patient_work", right=Right.COORDINATE,
        about_patient=True, methods=POST,
    ),
]  # fmt: skip
