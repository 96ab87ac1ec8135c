"""Settings of the web application; every one that a hospital may want to change comes from the environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pakkeforlop.config import login
from pakkeforlop.config.login import *  # noqa: F403 every name of config/login.py is a setting
from pakkeforlop.config.sqlite import stand_on_safe_sqlite

SQLITE_IS_SAFE = stand_on_safe_sqlite()
PACKAGE = Path(__file__).resolve().parent.parent

# --- where and for whom -----------------------------------------------------------------------------------------------

HOME = Path(os.environ.get("PAKKEFORLOP_HOME", "pakkeforlop-store")).resolve()
"""The store's folder: the SQLite file, the secret key and the collected static files."""
DEMO = os.environ.get("PAKKEFORLOP_DEMO", "") == "1"
TODAY = os.environ.get("PAKKEFORLOP_TODAY", "")
"""YYYY-MM-DD fixes the day, for the demo and for tests; empty: the machine's own day."""
SYNTHETIC_NUMBERS = DEMO or os.environ.get("PAKKEFORLOP_SYNTHETIC", "") == "1"
"""Whether synthetic identity numbers (Tenor and others) are accepted; never where real patients are."""
REPORT = os.environ.get("PAKKEFORLOP_REPORT", "")
"""Folder of the report that the nightly run wrote; empty: none is shown."""
RELEASES = os.environ.get("PAKKEFORLOP_RELEASES", "") or str(HOME / "releases")
"""Folder of releases: what the public pages and the open interface show. None there: the open national indicators."""
ADDRESS = os.environ.get("PAKKEFORLOP_ADDRESS", "http://localhost:8000").rstrip("/")
"""Where readers find the public pages: in the feed, on paper and in examples."""
PUBLIC_PREFIXES = ("/api/v1/", "/statistikk/")
"""Addresses that are answered to anyone, before session and login."""
ANSWERS_KEPT_DAYS = max(1, int(os.environ.get("PAKKEFORLOP_ANSWERS_KEPT_DAYS", "30")))
"""Days after which answers to other systems, and the keys of posts, are cleared: so long the same request again does
nothing twice."""
API_PER_MINUTE = int(os.environ.get("PAKKEFORLOP_API_PER_MINUTE", "600"))
SYSTEM_API_PER_MINUTE = int(os.environ.get("PAKKEFORLOP_SYSTEM_API_PER_MINUTE", "600"))
"""Requests a minute that one client may make of the open interface."""
BEHIND_PROXY = os.environ.get("PAKKEFORLOP_BEHIND_PROXY", "") == "1"
"""Whether a proxy stands before: it tells the scheme and the client's address."""
DEBUG = False
ALLOWED_HOSTS = os.environ.get("PAKKEFORLOP_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ONLY_HERE = set(ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}
"""Reached from this machine alone, so without TLS."""


def _secret_key() -> str:
    """From the environment, else the store's folder (`pakkeforlop serve` makes it), else one for this process only."""
    kept = HOME / "secret_key"
    return os.environ.get("PAKKEFORLOP_SECRET_KEY") or (
        kept.read_text(encoding="ascii").strip() if kept.is_file() else secrets.token_urlsafe(48)
    )


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("PAKKEFORLOP_SECRET_KEY_BEFORE", "").split(",") if key]
"""Keys of before, with commas between: what was sealed with them is still read."""

# --- parts ------------------------------------------------------------------------------------------------------------

ROOT_URLCONF = "pakkeforlop.config.urls"
WSGI_APPLICATION = "pakkeforlop.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pakkeforlop.access",
    "pakkeforlop.coding",
    "pakkeforlop.episodes",
    "pakkeforlop.coordination",
    "pakkeforlop.reporting",
    *login.LOGIN_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pakkeforlop.web.public_first.PublicFirst",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pakkeforlop.web.login.session.RestMiddleware",
    "pakkeforlop.web.layout.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

# --- language and time ------------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "Europe/Oslo"
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]

# --- pages ------------------------------------------------------------------------------------------------------------

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(str(folder) for folder in (PACKAGE / "web").glob("*/templates")),
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "pakkeforlop.web.jinja.environment",
            "context_processors": ["pakkeforlop.web.layout.frame.frame"],
        },
    },
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}},
]
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS: list[Any] = [
    *(folder for folder in sorted((PACKAGE / "web").glob("*/static")) if folder.is_dir()),
    *((name, PACKAGE / "charts" / "static" / name) for name in ("shared", "vendor")),
]
COLLECTED = (STATIC_ROOT / "staticfiles.json").is_file()
"""`pakkeforlop serve` collects the static files under names with their hashes; tests take them where they lie."""
WHITENOISE_USE_FINDERS = not COLLECTED
WHITENOISE_MAX_AGE = 31_536_000 if COLLECTED else 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED or os.environ.get("PAKKEFORLOP_COLLECTING") == "1"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- people and their sessions (kept with the pages of web/login) -----------------------------------------------------

AUTH_USER_MODEL = "access.User"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ONLY_HERE
SECURE_HSTS_SECONDS = 0 if ONLY_HERE else 31_536_000
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ONLY_HERE
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the store --------------------------------------------------------------------------------------------------------


def _database() -> dict[str, Any]:
    """PostgreSQL where PAKKEFORLOP_DATABASE names one (postgresql://user@host/name), else SQLite in the folder."""
    url = os.environ.get("PAKKEFORLOP_DATABASE", "")
    return _postgresql(url) if url.startswith(("postgresql://", "postgres://")) else _sqlite()


PREPARED_AFTER = 2
"""Times that a connection is asked a statement before it prepares it (`access.statements`; Django's own never are)."""


def _postgresql(url: str) -> dict[str, Any]:
    """The server that the address names; `?host=/folder` is a socket in that folder.

    `?prepare=no`: behind a pooler that hands a connection from one transaction to another and knows no prepared
    statements.
    """
    parts = urlsplit(url)
    more = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or more.get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": None if more.get("prepare") == "no" else PREPARED_AFTER},
    }


def _sqlite() -> dict[str, Any]:
    """One file and its log (WAL). Acknowledged means on disk; a writing transaction takes its lock when it begins."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "store.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


DATABASES = {"default": _database()}

# --- e-mail -----------------------------------------------------------------------------------------------------------

MAIL = os.environ.get("PAKKEFORLOP_MAIL", "")
"""The mail server, smtp://user:password@host:587 (STARTTLS; `?tls=no` without) or smtps://host:465; empty: none."""
MAIL_READY = DEMO or bool(MAIL)
"""Whether reminders can be sent; without a server they wait. The demo writes them on the screen."""
_mail = urlsplit(MAIL)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp" and dict(parse_qsl(_mail.query)).get("tls") != "no"
EMAIL_TIMEOUT = 10
MAIL_DOMAIN = urlsplit(ADDRESS).hostname or "localhost"
DEFAULT_FROM_EMAIL = os.environ.get("PAKKEFORLOP_MAIL_FROM", f"pakkeforlop@{MAIL_DOMAIN}")
