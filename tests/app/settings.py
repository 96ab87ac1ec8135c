"""The application's settings as the tests use them: a SQLite file, or PostgreSQL in a folder of its own.

PAKKEFORLOP_TEST_DATABASE=postgresql runs the same tests on PostgreSQL (conftest starts the server).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("PAKKEFORLOP_TODAY", "2024-03-15")
os.environ.setdefault("PAKKEFORLOP_SYNTHETIC", "1")
FOLDER = Path(tempfile.mkdtemp(prefix="pakkeforlop-test-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["PAKKEFORLOP_HOME"] = str(FOLDER)
(FOLDER / "static").mkdir()
ON_POSTGRESQL = os.environ.get("PAKKEFORLOP_TEST_DATABASE", "") == "postgresql"
if ON_POSTGRESQL:
    os.environ["PAKKEFORLOP_DATABASE"] = f"postgresql://pakkeforlop@/postgres?host={FOLDER}"

from pakkeforlop.config.settings import *  # noqa: E402, F403
from pakkeforlop.config.settings import DATABASES  # noqa: E402

if not ON_POSTGRESQL:
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
