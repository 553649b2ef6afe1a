"""The WSGI application of whichever deployment ``DJANGO_SETTINGS_MODULE`` names."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

if settings.RSO_WORKER_IN_SERVER:
    # For small installations: this module is loaded in the process that serves, after any fork.
    from rso.jobs.worker import start_in_thread

    start_in_thread()
