"""The templates' environment: names that every page knows. An undefined name is an error, never an empty place."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import json_script
from jinja2 import Environment, StrictUndefined

from pakkeforlop.web.layout.bars import limit_bar
from pakkeforlop.web.layout.forms import fault_of
from pakkeforlop.web.words import t


def url(name: str, /, **parts: object) -> str:
    """The address of a page by its name."""
    return reverse(name, kwargs=parts or None)


def environment(**options: Any) -> Environment:
    """Jinja2 with autoescape on and strict about names. `csrf_input` and `request` come with each page's own values."""
    options.setdefault("autoescape", True)
    made = Environment(**{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    made.globals.update(t=t, url=url, static=static, limit_bar=limit_bar, fault_of=fault_of, json_script=json_script)
    return made
