"""What the strict content policy would stop must not stand in any template, nor anything from another machine."""

import re
from pathlib import Path

import pytest

import pakkeforlop.web

WEB = Path(pakkeforlop.web.__file__).parent
TEMPLATES = sorted(WEB.rglob("*.html"))
FILES = sorted(path for path in [*WEB.rglob("*.css"), *WEB.rglob("*.js")])


def named(path):
    return str(path.relative_to(WEB))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_style_script_or_handler_is_written_into_a_page(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    assert not re.findall(r"<style|\sstyle=", text)
    assert not re.findall(r"\son[a-z]+=", text)
    assert "javascript:" not in text
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", text, flags=re.S)
    inline = [
        attributes for attributes, body in scripts if body.strip() and 'type="application/json"' not in attributes
    ]
    assert inline == []


@pytest.mark.parametrize("path", [*TEMPLATES, *FILES], ids=named)
def test_nothing_is_asked_of_another_machine(path):
    text = path.read_text("utf-8").replace("http://www.w3.org/", "")
    assert not re.findall(r"(?:src|href|url\(|fetch\(|@import)[^>\n]{0,20}https?://", text)


def test_handlers_of_scripts_do_not_write_style_either():
    """`element.style` by a script is allowed by the policy; `setAttribute("style")` is not."""
    assert [named(path) for path in FILES if 'setAttribute("style"' in path.read_text("utf-8")] == []


ABOUT_PATIENTS = ("worklist", "referrals", "patient", "codes", "log")


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.relative_to(WEB).parts[0] in ABOUT_PATIENTS], ids=named)
def test_a_search_for_patients_is_not_sent_in_the_address(path):
    """Its field stands in a form that is posted, or belongs to one (`form="..."`)."""
    text = path.read_text("utf-8")
    asked = [form for form in re.findall(r"<form\b.*?</form>", text, flags=re.S) if 'method="post"' not in form]
    fields = [
        field
        for form in asked
        for field in re.findall(r"<input\b[^>]*>|field\([^)]*\)", form)
        if 'type="search"' in field
    ]
    assert [field for field in fields if " form=" not in field] == []
