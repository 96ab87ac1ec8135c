"""What a deed of the list answers: the page again, or, for the page's own script, the row as it now stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.web import clock
from pakkeforlop.web.layout.undoing import Offer, offer
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.asked import asked
from pakkeforlop.web.worklist.presenter import row_view
from pakkeforlop.web.worklist.views import row_of


@dataclass(frozen=True)
class Said:
    """A sentence for the person, whether the deed was done, and what undoes it (`what`: the code and for whom).

    `undo` has the fields of the form that does so; `given` names a deed that gave pathways to somebody. `notes`: what
    the rules say of a code that was saved, which `text` says too.
    """

    text: str
    done: bool = True
    undo: dict[str, str] = field(default_factory=dict)
    what: str = ""
    notes: tuple[str, ...] = ()

    def offered(self, route: str, **fields: str) -> list[Offer]:
        """What the next page offers to take back, by the address of this name; nothing where nothing can be."""
        if not self.undo:
            return []
        sent = {name: value for name, value in self.undo.items() if name != "handle"} | fields
        sent["key"] = uuid.uuid4().hex
        if "given" in self.undo:
            return [Offer(reverse("worklist_undo_owner"), sent, self.what)]
        if "task" in self.undo:  # beside codes: by the address for the coordinator's own work
            route = route.replace("_undo", "_work")
        return [Offer(reverse(route, kwargs={"handle": self.undo["handle"]}), sent, self.what)]


def by_script(request: Any) -> bool:
    """Whether the page's own script asks, and wants no whole page."""
    return bool(request.headers.get("X-Asked-By") == "worklist")


def answer(request: Any, said: Said, *, key: str = "") -> HttpResponse:
    """A redirect to the list with the sentence, or the sentence and the row's new look for the script."""
    if not by_script(request):
        (messages.success if said.done else messages.warning)(request, said.text)
        offer(request, said.offered("worklist_undo", row=key, query=request.POST.get("query", "")))
        return HttpResponseRedirect(back(request, "" if said.done else key))
    me, t = worklist.reader(request.user, on=clock.today()), words()
    row = row_of(me, key) if key else None
    html = ""
    if row is not None:
        view = row_view(row, t, on=clock.today(), for_=request.access.scope(Right.WORKLIST))
        html = render_to_string("worklist/row.html", {"row": view}, request=request)
    return JsonResponse(
        {"said": said.text, "done": said.done, "undo": said.undo, "key": key, "html": html, "closed": row is None},
        status=200 if said.done else 409,
    )


def back(request: Any, open_key: str = "") -> str:
    """The list as the person had it; only its own filters are taken from the form."""
    pairs = asked(request, dict(parse_qsl(request.POST.get("query", "")))).pairs()
    pairs |= {"open": open_key} if open_key else {}
    return f"{reverse('worklist')}?{urlencode(pairs)}" if pairs else reverse("worklist")
