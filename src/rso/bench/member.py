"""One member's node as a process that is measured: ``python -m rso.bench.member``, inside that node's settings.

It takes orders from its standard input, one JSON object a line, and answers each with one. Everything goes through
the node's real actions and its real worker, in a thread as in a small installation; only the pages are left out.
"""

from __future__ import annotations

import cProfile
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from rso.base.clock import SystemClock, unix_seconds

_CLOCK = SystemClock()
_BASIS = "domestic-law"
_TITLE = "Measurement (synthetic)"
#: Far more than any run asks, within what an arrangement may say.
_ASKS_PER_DAY = 20_000
_TICK_S = 1
_LOOK_EVERY_S = 1.0

Answer = dict[str, Any]
_prints: list[Any] = []
_drafts: list[Any] = []


def _person(role: str, number: int = 0) -> Any:
    """One of the invented people of this node, as an actor."""
    from rso.accounts.queries import actor_of, holders
    from rso.accounts.rules import Role

    today = _CLOCK.now().date()
    return actor_of(holders(Role(role), today)[number], today)


def contact() -> Answer:
    """One pass with the relay."""
    from rso.node.post.actions import exchange_once
    from rso.node.post.adapters.http import relay

    done = exchange_once(relay(), force=True)
    return {"code": done.code, "words": done.words, "taken": done.taken}


# ---------------------------------------------------------------- the arrangement


def _sign(row: Any) -> None:
    from rso.node.post import actions

    for person in (_person("approver"), _person("node-administrator")):
        actions.sign(person, arrangement=row, stepped_up=True)


def propose(peer: str) -> Answer:
    """Drafts an arrangement with ``peer`` whose quota and tick suit a measurement, proposes it and signs."""
    from rso.node.post import actions, queries
    from rso.wire.arrangement import draft, draft_party
    from rso.wire.identifiers import AgencyId

    parties = [
        replace(draft_party(agency, _BASIS, "An invented act"), asks_per_day=_ASKS_PER_DAY)
        for agency in (queries.own_agency(), AgencyId.parse(peer))
    ]
    starts = unix_seconds(_CLOCK.now() - timedelta(hours=1))
    terms = replace(
        draft(reference=secrets.token_bytes(16), title=_TITLE, parties=parties, starts=starts, dpia="Synthetic"),
        answer_tick_s=_TICK_S,
    )
    administrator = _person("node-administrator")
    row = actions.draft(administrator, terms=terms, now=_CLOCK.now())
    _sign(actions.propose(administrator, arrangement=row, stepped_up=True))
    return contact()


def sign() -> Answer:
    """Signs the arrangement that was proposed to this node."""
    from rso.node.post.models import Arrangement

    contact()
    _sign(Arrangement.objects.get(state=Arrangement.State.SENT))
    return contact()


def in_force() -> Answer:
    """Whether an arrangement is in force here and at the relay."""
    from rso.node.post.models import Arrangement

    contact()
    return {"in_force": Arrangement.objects.filter(state=Arrangement.State.IN_FORCE).exists()}


# ---------------------------------------------------------------- what is asked and searched


def enrol(count: int) -> Answer:
    """Fills the gallery with invented people: one finger each, of minutiae anywhere, which match nothing."""
    from rso.accounts.rules import system_actor
    from rso.bench.inventions import nobody, scattered_finger
    from rso.node.gallery import actions

    actor = system_actor("measurement")
    for number in range(count):
        actions.enrol(
            actor,
            reference=f"synthetic-{number:06d}",
            identity={},
            protection=nobody(),
            fingers=[scattered_finger(number)],
            synthetic=True,
            now=_CLOCK.now(),
        )
    return {"gallery": count}


def prints(count: int) -> Answer:
    """Makes synthetic prints to ask with, and reads them as an officer's page would."""
    from rso.bench.inventions import print_png
    from rso.node.gallery.actions import NewFinger, read_finger

    for seed in range(count):
        _prints.append(read_finger(NewFinger(1, 500, print_png(seed))))
    return {"prints": len(_prints), "png_bytes": [len(one.png) for one in _prints]}


def draft(count: int) -> Answer:
    """Drafts ``count`` questions, as an officer does in the form: image and protection answers are kept, sealed."""
    from rso.bench.inventions import nobody
    from rso.node.searches.actions import asking

    officer = _person("officer")
    draft = asking.Draft("identity-verification", _BASIS, "synthetic", nobody(), synthetic=True)
    for number in range(count):
        _drafts.append(asking.create(officer, draft=draft, finger=_prints[number % len(_prints)], now=_CLOCK.now()))
    return {"drafted": count}


def ask(peer: str, profile: str = "") -> Answer:
    """Sends every question that was drafted, one right after the other; ``profile`` names a file for a profile."""
    from rso.node.searches.actions import asking

    officer = _person("officer")
    profiler = cProfile.Profile(time.thread_time)
    if profile:
        profiler.enable()
    begun, count = time.thread_time(), len(_drafts)
    for search in _drafts:
        asking.send(officer, search=search, to=[peer], stepped_up=True, clock=_CLOCK)
    _drafts.clear()
    spent = time.thread_time() - begun
    if profile:
        profiler.disable()
        profiler.dump_stats(Path(profile))
    return {"asked": count, "cpu_s": spent}


def destroy() -> Answer:
    """Destroys the images of answered probes and puts the receipts into the outbox, as the round does."""
    from rso.accounts.rules import system_actor
    from rso.node.searches.actions.destroying import destroy_answered

    done = 0
    while more := destroy_answered(system_actor("search"), clock=_CLOCK):
        done += more
    return {"destroyed": done}


def answered(count: int, within_s: float, look_every_s: float = _LOOK_EVERY_S, receipts: bool = False) -> Answer:
    """Waits until ``count`` questions have their answer or, with ``receipts``, their receipt of destruction."""
    from rso.node.searches.models import Question

    until = time.monotonic() + within_s
    while True:
        found = Question.objects.exclude(outcome="")
        settled = (found.exclude(destruction_told_at=None) if receipts else found).count()
        if settled >= count or time.monotonic() > until:
            return {"settled": settled}
        time.sleep(look_every_s)


def asked_times() -> Answer:
    """For each question its reference, outcome, and when it was put and answered, in Unix seconds."""
    from rso.node.searches.models import Question

    rows = Question.objects.exclude(answered_at=None).select_related("conversation")
    times = {
        row.conversation.reference: (
            row.outcome,
            row.conversation.started_at.timestamp(),
            row.answered_at.timestamp(),
        )
        for row in rows
        if row.answered_at is not None
    }
    return {"times": times}


def answer_times() -> Answer:
    """For each answer its reference, when it was ready, and the tick on which it left, in Unix seconds."""
    from rso.node.post.models import Outbox
    from rso.wire.messages import Answer as Told

    rows = Outbox.objects.filter(kind=Told.kind).select_related("conversation").defer("envelope", "content")
    times = {
        row.conversation.reference: (row.queued_at.timestamp(), row.created_at.timestamp())
        for row in rows
        if row.conversation is not None and row.created_at is not None
    }
    return {"times": times}


def sizes() -> Answer:
    """Bytes of envelopes by kind of message that this node has sent, on average."""
    from rso.node.post.models import Outbox
    from rso.wire.header import Header

    found: dict[str, list[int]] = {}
    for kind, header in Outbox.objects.filter(arrangement__gt="").values_list("kind", "header"):
        found.setdefault(kind, []).append(Header.decode(bytes(header)).bucket)
    return {"buckets": {kind: sum(sizes) / len(sizes) for kind, sizes in found.items()}}


# ---------------------------------------------------------------- work and meters


def work(profile: str = "") -> Answer:
    """Starts the node's worker in a thread of this process, under a profiler if ``profile`` names a file."""
    from rso.jobs import worker

    if not profile:
        worker.start_in_thread()
        return {}
    path, profiler = Path(profile), cProfile.Profile(time.thread_time)

    def run() -> None:
        profiler.enable()
        worker.run_worker(_stopping)
        profiler.disable()
        profiler.dump_stats(path)

    thread = threading.Thread(target=run, name="rso-worker", daemon=True)
    thread.start()
    _threads.append(thread)
    return {}


_stopping = threading.Event()
_threads: list[threading.Thread] = []


def metered() -> Answer:
    """What decode, extract and search have used in this process since the meters were put in."""
    from rso.bench import meters

    return {"seconds": dict(meters.SECONDS), "calls": dict(meters.CALLS)}


def remember(yes: bool) -> Answer:
    """Whether what was decoded, extracted and searched before is handed out again from here on."""
    from rso.bench import meters

    meters.remember(yes)
    return {}


def install_meters() -> Answer:
    from rso.bench import meters

    meters.install()
    return {}


ORDERS: dict[str, Callable[..., Answer]] = {
    order.__name__: order
    for order in (
        contact, propose, sign, in_force, enrol, prints, draft, ask, destroy, answered, asked_times, answer_times,
        sizes, work, metered, remember, install_meters,
    )
}  # fmt: skip


def main() -> None:
    """Obeys until the input ends, which it does when whoever measures is gone."""
    import django

    django.setup()
    for line in sys.stdin:
        order = json.loads(line)
        done = ORDERS[order["do"]](**order["with"])
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()
    _stopping.set()
    for thread in _threads:
        thread.join(10)


if __name__ == "__main__":
    main()
