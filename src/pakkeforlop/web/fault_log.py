"""What a fault leaves in the service's own log: kind, place in the program and name of the route; never data."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

from pakkeforlop.web import clock

PACKAGE = Path(__file__).parent.parent


def tell(sender: Any = None, request: Any = None, **_: Any) -> None:
    """Write one line on standard error about the exception at hand. Values, addresses and texts stay out of it.

    Connected to Django's `got_request_exception`.
    """
    del sender
    error = sys.exc_info()[1]
    if error is None:
        return
    match = getattr(request, "resolver_match", None)
    at = clock.now().isoformat(timespec="seconds")
    route = getattr(match, "view_name", None) or "?"
    sys.stderr.write(f"{at} fault {type(error).__name__} at {place(error)} in {route}\n")
    sys.stderr.flush()


def place(error: BaseException) -> str:
    """Module and line of the innermost frames, ours first: enough to find it, and no data in it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if PACKAGE in Path(frame.filename).parents]
    told = [*ours[-2:], *frames[-1:]]
    return " < ".join(dict.fromkeys(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(told)))
