"""How people log in and stay logged in: settings of allauth, axes, the content security policy, and the session."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from pakkeforlop.access.rights import Role

LOGIN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "axes",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": f"{_VALIDATION}UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": f"{_VALIDATION}CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# --- local accounts ---------------------------------------------------------------------------------------------------

ACCOUNT_ADAPTER = "pakkeforlop.web.login.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,10/5m/key"}
"""Codes of the second factor; passwords are counted by axes below, across processes."""

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_shared",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
"""What all processes must know for a moment: one-time codes that were used, and how many were tried. In the store,
since several processes, or several machines on one PostgreSQL, serve the same people."""

# --- second factor and passkeys ---------------------------------------------------------------------------------------

MFA_ADAPTER = "pakkeforlop.web.login.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Pakkeforløp"


def _demanded(text: str) -> frozenset[str]:
    """The roles that must have two steps. A role that does not exist stops the start: it would demand nothing."""
    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = sorted(roles - {"all"} - set(Role))
    if unknown:
        raise ImproperlyConfigured(
            f"PAKKEFORLOP_SECOND_FACTOR names {', '.join(unknown)}, which is no role. "
            f"Use all, or some of: {', '.join(Role)}."
        )
    return roles


SECOND_FACTOR = _demanded(os.environ.get("PAKKEFORLOP_SECOND_FACTOR", ""))
"""Who must log in by two steps: nobody (empty; it is offered), `all`, or roles with commas between. One who has no
second step yet sets one up before anything else."""

# --- another login by OpenID Connect ----------------------------------------------------------------------------------

OIDC_URL = os.environ.get("PAKKEFORLOP_OIDC_URL", "").rstrip("/")
OIDC_NAME = os.environ.get("PAKKEFORLOP_OIDC_NAME", "OpenID Connect")
OIDC_USERNAME_CLAIM = os.environ.get("PAKKEFORLOP_OIDC_CLAIM", "preferred_username")
"""The claim whose value is the user's name here. People are not made by logging in; an administrator makes them."""
OIDC_TWO_STEPS = os.environ.get("PAKKEFORLOP_OIDC_TWO_STEPS", "")
"""Whether a login there is two steps: `1` always, `amr` when its answer says so (`mfa` among `amr`), empty never."""
SOCIALACCOUNT_ADAPTER = "pakkeforlop.web.login.adapters.OtherLoginAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": os.environ.get("PAKKEFORLOP_OIDC_CLIENT", ""),
                "secret": os.environ.get("PAKKEFORLOP_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}

# --- HelseID, the health sector's login -------------------------------------------------------------------------------

HELSEID_URL = os.environ.get("PAKKEFORLOP_HELSEID_URL", "").rstrip("/")
"""HelseID's issuer address; empty: there is no such login."""
HELSEID_CLIENT = os.environ.get("PAKKEFORLOP_HELSEID_CLIENT", "")
HELSEID_KEY = os.environ.get("PAKKEFORLOP_HELSEID_KEY", "")
"""File of the private JSON Web Key that HelseID's self-service gave for the client."""
HELSEID_LEVEL = int(os.environ.get("PAKKEFORLOP_HELSEID_LEVEL", "4"))
"""The lowest security level (sikkerhetsnivå) that lets a person in."""

# --- throttled login --------------------------------------------------------------------------------------------------

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "pakkeforlop.web.login.throttle.locked_out"
AXES_CLIENT_IP_CALLABLE = "pakkeforlop.web.client.client_address"
AXES_USERNAME_CALLABLE = "pakkeforlop.web.login.throttle.user_name"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- the session ------------------------------------------------------------------------------------------------------

IDLE_MINUTES = int(os.environ.get("PAKKEFORLOP_IDLE_MINUTES", "20"))
"""Minutes without a page after which a person is logged out. The list's own polling does not count as a page."""
SESSION_COOKIE_AGE = 12 * 3600
"""Seconds from logging in after which a session ends, however busy; a working day with its duty."""
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
"""What the next page has to tell stays on the server: it may name a patient, and cookies lie on the machine."""
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pakkeforlop.web.layout.faults.csrf"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- what a page may load: its own files, nothing written into the page -----------------------------------------------


def _origin(address: str) -> list[str]:
    """Scheme and host of another login, where a form may lead."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *_origin(OIDC_URL), *_origin(HELSEID_URL)],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
