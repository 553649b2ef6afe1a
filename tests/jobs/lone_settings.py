"""Settings of a worker process with nothing in it but the queue, so that it can be started, and killed, alone."""

import os
from pathlib import Path

from rso.config.database import database

SECRET_KEY = "only-for-the-tests-of-the-worker-process"
DATABASES = {"default": database("LONE_DATABASE", os.environ["LONE_DATABASE"])}
INSTALLED_APPS = ["django_tasks", "django_tasks_db", "rso.jobs"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
RSO_WORKER_POLL_SECONDS = 0.1
RSO_WORKER_LEASE_SECONDS = float(os.environ.get("LONE_LEASE", "1"))
LONE_FOLDER = Path(os.environ.get("LONE_FOLDER", "."))
