"""Settings of the web application; every one that a hospital may want to change comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pakkeforlop.config.sqlite import stand_on_safe_sqlite

SQLITE_IS_SAFE = stand_on_safe_sqlite()

HOME = Path(os.environ.get("PAKKEFORLOP_HOME", "pakkeforlop-store")).resolve()
DEMO = os.environ.get("PAKKEFORLOP_DEMO", "") == "1"
DEBUG = False
SECRET_KEY = os.environ.get("PAKKEFORLOP_SECRET_KEY", "insecure-until-configured")
ALLOWED_HOSTS = os.environ.get("PAKKEFORLOP_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "pakkeforlop.config.urls"
WSGI_APPLICATION = "pakkeforlop.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Oslo"
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "pakkeforlop.access",
    "pakkeforlop.coding",
    "pakkeforlop.episodes",
    "pakkeforlop.coordination",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def _database() -> dict[str, Any]:
    """PostgreSQL where PAKKEFORLOP_DATABASE names one (postgresql://user@host/name), else SQLite in the store's folder."""
    url = os.environ.get("PAKKEFORLOP_DATABASE", "")
    if url.startswith(("postgresql://", "postgres://")):
        from urllib.parse import parse_qsl, unquote, urlsplit

        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or dict(parse_qsl(parts.query)).get("host", ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "store.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


DATABASES = {"default": _database()}
