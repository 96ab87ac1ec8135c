"""Addresses of reporting."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.reporting import deeds, foreseen, locks, overview, returned, submission
from pakkeforlop.web.routes import page

POST = ("POST",)
pages = [
    page("reporting/", overview.overview, name="reporting", right=Right.REPORTING),
    page("reporting/foreseen/", foreseen.foreseen_page, name="reporting_foreseen", right=Right.REPORTING),
    page("reporting/returned/", returned.returned_page, name="returned_codes", right=Right.CODING_LISTS),
    page("reporting/make/", deeds.make, name="reporting_make", right=Right.REPORTING, methods=POST),
    page("reporting/take/", deeds.take, name="reporting_take", right=Right.REPORTING, methods=POST),
    page("reporting/history/", submission.history_file, name="reporting_history", right=Right.REPORTING),
    page("reporting/submissions/<int:number>/", submission.submission_page, name="submission", right=Right.REPORTING),
    page(
        "reporting/submissions/<int:number>/files/", submission.files, name="submission_files", right=Right.REPORTING,
        methods=POST,
    ),
    page(
        "reporting/submissions/<int:number>/handed/", submission.handed, name="submission_handed",
        right=Right.REPORTING, methods=POST,
    ),
    page("reporting/lock/", locks.lock, name="reporting_lock", right=Right.LOCKING, methods=POST),
    page("reporting/locks/<int:number>/", locks.lock_page, name="locked_period", right=Right.REPORTING),
    page("reporting/locks/<int:number>/figures/", locks.figures_file, name="locked_figures", right=Right.REPORTING),
]  # fmt: skip
