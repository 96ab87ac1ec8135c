"""Address of what became of proposals."""

from __future__ import annotations

from pakkeforlop.access.rights import Right
from pakkeforlop.web.proposals import views
from pakkeforlop.web.routes import page

pages = [page("proposals/", views.outcomes_page, name="proposals", right=Right.CODING_LISTS)]
