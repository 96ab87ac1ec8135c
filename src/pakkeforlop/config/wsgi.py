"""The application as a server calls it."""

from __future__ import annotations

import os

from django.core.signals import got_request_exception
from django.core.wsgi import get_wsgi_application

from pakkeforlop.web.fault_log import tell

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pakkeforlop.config.settings")
got_request_exception.connect(tell, dispatch_uid="pakkeforlop.faults")
application = get_wsgi_application()
