"""What django-tasks does not keep: who holds a running task until when, and which periods have begun."""

from __future__ import annotations

from django.db import models
from django_tasks_db.models import DBTaskResult


class Lease(models.Model):
    """A worker's hold on a running task. Without renewal it ends, and the reaper gives the task back."""

    task = models.OneToOneField(DBTaskResult, on_delete=models.CASCADE, primary_key=True, related_name="lease")
    #: New with every attempt: whoever no longer knows the present one may not write the task's outcome.
    token = models.UUIDField()
    worker = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.task_id} by {self.worker}"


class Period(models.Model):
    """The period that a scheduled task was last put into the queue for."""

    name = models.CharField(max_length=120, primary_key=True)
    tick = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
