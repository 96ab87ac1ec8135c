"""What one process has counted, the next one knows: one-time codes that were used, and tries at guessing one."""

from __future__ import annotations

from app.store.processes import Store

USED = """
from types import SimpleNamespace
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import encrypt

auth.time = SimpleNamespace(time=lambda: 1_700_000_000)
secret = "JBSWY3DPEHPK3PXP"
held = auth.TOTP(SimpleNamespace(user_id=7, data={"secret": encrypt(secret)}))
print(held.validate_code(auth.format_hotp_value(auth.hotp_value(secret, 1_700_000_000 // 30))))
"""
TRIED = """
from allauth.core import ratelimit
from django.test import RequestFactory

asked = RequestFactory().post("/login/code/")
print([bool(ratelimit.consume(asked, action="login_failed", key="mfa-auth-user-7")) for _ in range(6)].count(True))
"""


def test_a_code_that_was_used_in_one_process_is_not_taken_in_another(own_store: Store):
    assert own_store.ask(USED) == "True"
    assert own_store.ask(USED) == "False"


def test_tries_are_counted_across_processes(own_store: Store):
    """Ten in five minutes for one person: six here, and four of the six there."""
    assert [own_store.ask(TRIED), own_store.ask(TRIED)] == ["6", "4"]
