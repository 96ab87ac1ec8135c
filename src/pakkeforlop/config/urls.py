"""Every address of the application; the families of pages bring their own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from pakkeforlop.web.codes.urls import pages as codes
from pakkeforlop.web.cover.urls import pages as cover
from pakkeforlop.web.directory.urls import pages as directory
from pakkeforlop.web.figures.urls import pages as figures
from pakkeforlop.web.finding.urls import pages as finding
from pakkeforlop.web.helseid.urls import pages as helseid
from pakkeforlop.web.layout.urls import pages as layout
from pakkeforlop.web.log.urls import pages as log
from pakkeforlop.web.login.urls import pages as login
from pakkeforlop.web.onward.urls import pages as onward
from pakkeforlop.web.open_api.urls import pages as open_api
from pakkeforlop.web.patient.urls import pages as patient
from pakkeforlop.web.people.urls import pages as people
from pakkeforlop.web.proposals.urls import pages as proposals
from pakkeforlop.web.public.urls import pages as public
from pakkeforlop.web.referrals.urls import pages as referrals
from pakkeforlop.web.regradings.urls import pages as regradings
from pakkeforlop.web.reporting.urls import pages as reporting
from pakkeforlop.web.system_api.urls import pages as system_api
from pakkeforlop.web.systems.urls import pages as systems
from pakkeforlop.web.tasks.urls import pages as tasks
from pakkeforlop.web.transfers.urls import pages as transfers
from pakkeforlop.web.worklist.urls import pages as worklist

urlpatterns: list[URLPattern | URLResolver] = [
    *public,
    *open_api,
    *layout,
    *login,
    *helseid,
    *log,
    *people,
    *directory,
    *figures,
    *finding,
    *worklist,
    *referrals,
    *patient,
    *codes,
    *reporting,
    *onward,
    *system_api,
    *systems,
    *transfers,
    *tasks,
    *proposals,
    *regradings,
    *cover,
]

handler400 = "pakkeforlop.web.layout.faults.bad_request"
handler403 = "pakkeforlop.web.layout.faults.forbidden"
handler404 = "pakkeforlop.web.layout.faults.not_found"
handler500 = "pakkeforlop.web.layout.faults.server"
