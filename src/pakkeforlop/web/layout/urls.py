"""The front page, and the choice of language."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from pakkeforlop.web.layout import language, seeking
from pakkeforlop.web.layout.frame import Frame
from pakkeforlop.web.routes import Open, page


def front(request: object) -> HttpResponse:
    """To the first page that the person may see; a sentence for one who is appointed to nothing yet."""
    links = Frame(request).links  # type: ignore[arg-type]
    return redirect(links[0].url) if links else render(request, "layout/nothing_yet.html")  # type: ignore[arg-type]


pages = [
    page("", front, name="front", right=Open.LOGGED_IN),
    page("seek/", seeking.seek, name="seek", right=Open.LOGGED_IN, methods=("POST",)),
    page("language/", language.change, name="language", right=Open.ANYONE, methods=("POST",)),
]
