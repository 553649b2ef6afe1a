"""A lost kick costs a round, and nothing else."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.node.cast import probe_of
from tests.node.region import Region

from rso.base.clock import SystemClock
from rso.node.post.models import Outbox
from rso.node.searches import tasks
from rso.node.searches.models import ReceivedProbe

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def test_the_sweep_finds_a_probe_whose_kick_was_lost(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda self: region.clock.now())
    monkeypatch.setattr(timezone, "now", region.clock.now)
    digest = region.agree()
    region.borduna.send(probe_of(region.borduna, 9), digest)
    region.exchange()
    probe = ReceivedProbe.objects.get()
    kicks = DBTaskResult.objects.filter(task_path=tasks.search.module_path)
    assert kicks.count() == 1
    kicks.delete()
    tasks.sweep.func()
    assert [row.args_kwargs["args"] for row in kicks] == [[[str(probe.pk)]]]
    tasks.search.func([str(probe.pk)])
    tasks.search.func([str(probe.pk)])
    tasks.destroy.func()
    tasks.destroy.func()
    probe.refresh_from_db()
    assert (probe.outcome, probe.destroyed_at is not None) == ("no-hit", True)
    assert Outbox.objects.count() == 2
    kicks.delete()
    tasks.sweep.func()
    assert not kicks.exists()
