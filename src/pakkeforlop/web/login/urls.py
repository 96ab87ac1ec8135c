"""Addresses of logging in: allauth's own views behind our rule, our templates and our choice of which there are."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount import views as other

from pakkeforlop.web.login import demo, oidc, own_changes, second_factor, settings_page, views
from pakkeforlop.web.routes import Open, page

NOTED = (own_changes.note_password, own_changes.note_added, own_changes.note_removed, own_changes.note_reset)
"""Listen to allauth from the moment that its pages have addresses."""
ANYONE, LOGGED_IN = Open.ANYONE, Open.LOGGED_IN
BOTH = ("GET", "POST")
EARLY: dict[str, Any] = {"right": LOGGED_IN, "early": True}
"""Pages of one's own login, open also to a person who must set up a second step first."""

pages = [
    page("login/", views.log_in, name="account_login", right=ANYONE, methods=BOTH),
    page("login/demo/", demo.log_in, name="demo_login", right=ANYONE, methods=("POST",)),
    page("logout/", account.logout, name="account_logout", right=ANYONE, methods=BOTH),
    page("login/inactive/", account.account_inactive, name="account_inactive", right=ANYONE),
    page("login/again/", account.reauthenticate, name="account_reauthenticate", methods=BOTH, **EARLY),
    page("login/password/", views.change_password, name="account_change_password", methods=BOTH, **EARLY),
    page("login/factors/", views.my_login, name="mfa_index", **EARLY),
    page("login/two-steps/", second_factor.page, name="second_factor", **EARLY),
    page("login/settings/", settings_page.change, name="my_settings", right=LOGGED_IN, methods=("POST",)),
    page("login/code/", factor.authenticate, name="mfa_authenticate", right=ANYONE, methods=BOTH),
    page("login/again/code/", factor.reauthenticate, name="mfa_reauthenticate", methods=BOTH, **EARLY),
    page("login/totp/activate/", totp.activate_totp, name="mfa_activate_totp", methods=BOTH, **EARLY),
    page("login/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp", right=LOGGED_IN, methods=BOTH),
    page("login/recovery/", codes.view_recovery_codes, name="mfa_view_recovery_codes", **EARLY),
    page(
        "login/recovery/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes", methods=BOTH, **EARLY
    ),
    page("login/recovery/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes", **EARLY),
    page("login/passkeys/", passkey.list_webauthn, name="mfa_list_webauthn", **EARLY),
    page("login/passkeys/add/", passkey.add_webauthn, name="mfa_add_webauthn", methods=BOTH, **EARLY),
    page("login/passkeys/login/", passkey.login_webauthn, name="mfa_login_webauthn", right=ANYONE, methods=BOTH),
    page(
        "login/again/passkey/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn", methods=BOTH,
        **EARLY,
    ),
    page(
        "login/passkeys/<int:pk>/remove/", passkey.remove_webauthn, name="mfa_remove_webauthn", right=LOGGED_IN,
        methods=BOTH,
    ),
    page(
        "login/passkeys/<int:pk>/name/", passkey.edit_webauthn, name="mfa_edit_webauthn", right=LOGGED_IN, methods=BOTH
    ),
    page("login/other/<str:provider_id>/", oidc.login, name="openid_connect_login", right=ANYONE, methods=("POST",)),
    page("login/other/<str:provider_id>/back/", oidc.callback, name="openid_connect_callback", right=ANYONE),
    page("login/other-cancelled/", other.login_cancelled, name="socialaccount_login_cancelled", right=ANYONE),
    page("login/other-failed/", other.login_error, name="socialaccount_login_error", right=ANYONE),
]  # fmt: skip
"""Names are allauth's, since its views look each other up by name. Sign-up, e-mail and reset have no address at all."""
