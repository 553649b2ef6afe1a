"""The life of a task under a clock that moves only when told to."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.utils import OperationalError
from django_tasks_db.models import DBTaskResult

from rso.base.clock import SteppedClock
from rso.base.errors import RsoError
from rso.jobs import actions, queries, registry
from rso.jobs.models import Lease, Period
from rso.jobs.registry import every, task
from rso.jobs.rules import GiveUp, Retry
from rso.jobs.worker import Bell, Tempo, Worker, run_worker

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
MINUTE = timedelta(seconds=60)
DONE: list[str] = []


class Away(RsoError):
    pass


@task(retry=Retry(attempts=3, first_s=10, cap_s=100))
def do(word: str) -> None:
    DONE.append(word)


@task(retry=Retry(attempts=3, first_s=10, cap_s=100))
def fail(word: str) -> None:
    DONE.append(word)
    raise Away("away", "It is away.")


@task()
def quote(word: str) -> None:
    raise ValueError(f"the name of {word}")


@task()
def give_up() -> None:
    DONE.append("tried")
    raise GiveUp("there is no such record")


@every(seconds=3600, name="tests.hourly")
def come_round() -> None:
    DONE.append("round")


def _other() -> None: ...


HOURLY = registry._ROUNDS.pop("tests.hourly")  # only the tests that name it have it


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    DONE.clear()
    monkeypatch.setattr(registry, "_ROUNDS", {})
    monkeypatch.setattr(registry, "_MANNERS", dict(registry._MANNERS))


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON)


@pytest.fixture
def worker(clock: SteppedClock) -> Worker:
    return Worker(threading.Event(), clock, Tempo(lease_s=60), random=lambda: 0.999999)


def only() -> DBTaskResult:  # type: ignore[type-arg]
    return DBTaskResult.objects.get()


def test_a_task_runs_once_and_leaves_no_lease(worker: Worker) -> None:
    do.enqueue("tea")
    assert worker.burst() == 1
    assert worker.burst() == 0
    assert DONE == ["tea"]
    assert only().status == "SUCCESSFUL"
    assert not Lease.objects.exists()


def test_a_kick_of_a_transaction_that_fails_was_never_given(worker: Worker) -> None:
    with transaction.atomic():
        do.enqueue("tea")
        transaction.set_rollback(True)
    assert worker.burst() == 0


def test_a_failed_task_comes_back_later_and_later_and_then_is_kept(worker: Worker, clock: SteppedClock) -> None:
    fail.enqueue("x")
    assert worker.burst() == 1
    clock.step(seconds=9)
    assert worker.burst() == 0
    clock.step(seconds=1)
    assert worker.burst() == 1
    clock.step(seconds=19)
    assert worker.burst() == 0
    clock.step(seconds=1)
    assert worker.burst() == 1
    assert DONE == ["x"] * 3
    clock.step(days=1)
    assert worker.burst() == 0
    kept = queries.failed().get()
    assert kept.exception_class_path.endswith("Away")
    assert "It is away." in kept.traceback
    assert queries.queue(clock.now()) == queries.Queue(waiting=0, running=0, failed=1, oldest=None)


def test_a_failed_task_can_be_given_its_attempts_anew_or_be_dismissed(worker: Worker) -> None:
    give_up.enqueue()
    worker.burst()
    failed = queries.failed().get()
    assert actions.requeue(failed.pk)
    assert not actions.requeue(failed.pk)
    worker.burst()
    assert DONE == ["tried", "tried"]
    assert actions.dismiss(failed.pk)
    assert not actions.dismiss(failed.pk)
    assert not DBTaskResult.objects.exists()


def test_a_task_that_gives_up_is_not_tried_again(worker: Worker, clock: SteppedClock) -> None:
    give_up.enqueue()
    worker.burst()
    clock.step(days=1)
    assert worker.burst() == 0
    assert only().status == "FAILED"


def test_what_a_foreign_error_quotes_is_not_kept(worker: Worker) -> None:
    quote.enqueue("Mira")
    worker.burst()
    assert "ValueError" in only().traceback
    assert "the name of" in only().traceback  # the line of the code
    assert "Mira" not in only().traceback


def test_a_task_that_no_longer_exists_fails_like_any_other(worker: Worker) -> None:
    do.enqueue("x")
    DBTaskResult.objects.update(task_path="rso.jobs.nowhere.gone")
    assert worker.burst() == 1
    assert "ImportError" in only().exception_class_path or "ModuleNotFound" in only().exception_class_path


# ---------------------------------------------------------------- leases
def take(clock: SteppedClock, worker: str = "a") -> actions.Claim:
    claimed = actions.claim(worker=worker, now=clock.now(), lease=MINUTE)
    assert claimed is not None
    return claimed


def test_a_lost_workers_task_returns_after_its_lease_and_the_attempt_counts(
    worker: Worker, clock: SteppedClock
) -> None:
    do.enqueue("tea")
    take(clock)
    clock.step(seconds=59)
    assert worker.burst() == 0
    assert only().status == "RUNNING"
    clock.step(seconds=21)  # the reaper looks every third of a lease
    assert worker.burst() == 0
    assert (only().status, len(only().worker_ids)) == ("READY", 1)
    clock.step(seconds=10)
    assert worker.burst() == 1
    assert DONE == ["tea"]
    assert len(only().worker_ids) == 2


def test_a_task_that_kills_its_workers_ends_among_the_failed(clock: SteppedClock) -> None:
    do.enqueue("poison")
    for _ in range(3):
        take(clock)
        clock.step(seconds=61)
        assert actions.reap(now=clock.now(), lease=MINUTE, random=lambda: 0.5) == 1
        clock.step(seconds=100)
    assert only().status == "FAILED"
    assert only().exception_class_path.endswith("WorkerLost")


def test_a_renewed_lease_holds(clock: SteppedClock) -> None:
    do.enqueue("tea")
    claimed = take(clock)
    clock.step(seconds=59)
    assert actions.renew(claimed, now=clock.now(), lease=MINUTE)
    clock.step(seconds=59)
    assert actions.reap(now=clock.now(), lease=MINUTE, random=lambda: 0.5) == 0


def test_who_slept_through_the_lease_cannot_write_the_outcome(clock: SteppedClock) -> None:
    do.enqueue("tea")
    sleeper = take(clock, "sleeper")
    clock.step(seconds=61)
    actions.reap(now=clock.now(), lease=MINUTE, random=lambda: 0.5)
    clock.step(seconds=20)
    second = take(clock, "second")
    assert not actions.renew(sleeper, now=clock.now(), lease=MINUTE)
    assert not actions.fail(sleeper, error=GiveUp(), now=clock.now(), random=lambda: 0.5)
    assert not actions.finish(sleeper, now=clock.now())
    assert only().status == "RUNNING"
    assert actions.finish(second, now=clock.now())
    assert only().status == "SUCCESSFUL"


def test_two_workers_never_hold_one_task(clock: SteppedClock) -> None:
    do.enqueue("tea")
    take(clock)
    assert actions.claim(worker="b", now=clock.now(), lease=MINUTE) is None


def test_a_lease_from_a_clock_that_was_a_day_ahead_does_not_hold(clock: SteppedClock) -> None:
    do.enqueue("tea")
    clock.step(days=1)
    take(clock)
    clock.step(days=-1)
    assert actions.reap(now=clock.now(), lease=MINUTE, random=lambda: 0.5) == 1


def test_a_foreign_workers_task_without_a_lease_is_reaped_too(clock: SteppedClock) -> None:
    do.enqueue("tea")
    DBTaskResult.objects.update(status="RUNNING", started_at=clock.now(), worker_ids=["foreign"])
    assert actions.reap(now=clock.now() + timedelta(seconds=59), lease=MINUTE, random=lambda: 0.5) == 0
    assert actions.reap(now=clock.now() + MINUTE, lease=MINUTE, random=lambda: 0.5) == 1


def test_a_worker_that_is_stopped_hard_gives_its_task_back(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    do.enqueue("tea")

    class Interrupting(list[str]):
        def append(self, word: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(f"{__name__}.DONE", Interrupting())
    with pytest.raises(KeyboardInterrupt):
        worker.burst()
    assert only().status == "READY"
    assert not Lease.objects.exists()


# ---------------------------------------------------------------- rounds
@pytest.fixture
def hourly() -> None:
    registry._ROUNDS[HOURLY.name] = HOURLY


@pytest.mark.usefixtures("hourly")
def test_a_round_runs_once_in_a_period_over_all_workers(clock: SteppedClock) -> None:
    workers = [Worker(threading.Event(), clock, Tempo()) for _ in range(3)]
    for minutes in (0, 20, 39):
        clock.step(minutes=minutes)
        for each in workers:
            each.burst()
    assert DONE == ["round"]
    clock.step(minutes=1)
    for each in workers:
        each.burst()
    assert DONE == ["round"] * 2
    assert not DBTaskResult.objects.exists()  # successes of rounds are not kept


@pytest.mark.usefixtures("hourly")
def test_missed_periods_are_not_made_up_for(worker: Worker, clock: SteppedClock) -> None:
    worker.burst()
    clock.step(days=3)
    worker.burst()
    assert DONE == ["round"] * 2


@pytest.mark.usefixtures("hourly")
def test_a_round_that_still_runs_is_not_joined_by_another(clock: SteppedClock) -> None:
    actions.start_rounds(registry.rounds(), now=clock.now())
    take(clock)
    clock.step(hours=1)
    assert actions.start_rounds(registry.rounds(), now=clock.now()) == 0
    assert DBTaskResult.objects.count() == 1


@pytest.mark.usefixtures("hourly")
def test_a_clock_that_was_a_day_ahead_does_not_silence_a_round(worker: Worker, clock: SteppedClock) -> None:
    clock.step(days=1)
    worker.burst()
    clock.step(days=-1)
    worker.burst()
    assert DONE == ["round"] * 2


@pytest.mark.usefixtures("hourly")
def test_a_worker_a_little_behind_does_not_start_the_last_period_again(clock: SteppedClock) -> None:
    actions.start_rounds(registry.rounds(), now=clock.now())
    assert actions.start_rounds(registry.rounds(), now=clock.now() - timedelta(seconds=1)) == 0


@pytest.mark.usefixtures("hourly")
def test_two_rounds_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two"):
        every(seconds=60, name=HOURLY.name)(_other)


# ---------------------------------------------------------------- the loop
def test_an_idle_poll_writes_nothing(
    worker: Worker, django_assert_num_queries: object, django_assert_max_num_queries: object
) -> None:
    worker.burst()
    with django_assert_num_queries(1) as seen:  # type: ignore[operator]
        worker.burst()
    assert seen.captured_queries[0]["sql"].startswith("SELECT")


def test_successes_are_cleared_after_their_time_and_failures_stay(worker: Worker, clock: SteppedClock) -> None:
    do.enqueue("tea")
    give_up.enqueue()
    worker.burst()
    assert actions.clear(before=clock.now()) == 0
    assert actions.clear(before=clock.now() + timedelta(seconds=1)) == 1
    assert only().status == "FAILED"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_waited_for(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    do.enqueue("tea")
    calls = iter([OperationalError("away"), OperationalError("away")])
    burst = Worker.burst

    def sometimes(self: Worker) -> int:
        for error in calls:
            raise error
        done = burst(self)
        self.stop.set()
        return done

    waits: list[float] = []
    monkeypatch.setattr(Worker, "burst", sometimes)
    monkeypatch.setattr(Bell, "wait", lambda self, seconds: waits.append(seconds))
    assert worker.run() == 1
    assert DONE == ["tea"]
    assert waits == [2.0, 4.0]


def test_a_bell_that_was_rung_does_not_let_wait() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.wait(3600)


def test_a_worker_told_to_stop_takes_nothing(clock: SteppedClock) -> None:
    do.enqueue(str(uuid4()))
    stop = threading.Event()
    stop.set()
    assert run_worker(stop, clock) == 0
    assert DONE == []
    assert Period.objects.count() == 0
