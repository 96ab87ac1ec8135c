"""A person's own settings: single keys in lists on or off."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from pakkeforlop.access.models import User


def change(request: Any) -> HttpResponse:
    """POST: keep the settings, and go back to the page they stand on."""
    User.objects.filter(pk=request.user.pk).update(single_keys=request.POST.get("single_keys") == "1")
    return redirect("mfa_index")
