"""The ward of the work tests, and its fixed day."""

from app.work.conftest import _the_day, coordinator, morning_ward, people  # noqa: F401
