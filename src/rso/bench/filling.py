"""Fills an office with invented records, many of each kind, and says where its pages are and who may sign in.

Run as ``python -m rso.bench.filling RECORDS`` inside an empty office's settings; the last line is JSON. A further kind
of record is one more function with ``@filler``.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np

from rso.accounts.rules import Role, system_actor

_BATCH: Final = 1_000
_SEED: Final = 2_012
_TEXT: Final = (
    "border training passport victims smuggling workshop protection interview referral document course guide sea rescue"
    " shelter consular analysis trafficking cooperation information exchange officers academy region roadmap returns"
    " screening counterfeit technology prevention prosecution partnership assessment identity migrants coast guard"
)
_WORDS: Final = tuple(_TEXT.split())
#: Those as whom pages are opened: the first to whom a page is open is its right reader.
ROLES: Final = (
    (Role.RSO_STAFF, "RSO"), (Role.OFFICE_ADMINISTRATOR, "RSO"), (Role.CO_MANAGER, "XAV"), (Role.STEERING_GROUP, "XBD"),
    (Role.MEMBER_ADMINISTRATOR, "XAV"), (Role.MEMBER_OFFICIAL, "XAV"), (Role.EDITOR, "RSO"), (Role.PUBLISHER, "RSO"),
    (Role.TRANSLATOR, "RSO"), (Role.PARTY_ADMINISTRATOR, "X0001"), (Role.INTERESTED_PARTY, "X0001"),
    (Role.AUDITOR, "RSO"),
)  # fmt: skip


@dataclass
class Filling:
    """What the fillers share: how many records each makes, one chance, one moment, and who was made so far."""

    records: int
    now: datetime
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(_SEED))
    people: dict[Role, Any] = field(default_factory=dict)
    organisations: list[Any] = field(default_factory=list)

    def words(self, count: int) -> str:
        return " ".join(_WORDS[at] for at in self.chance.integers(len(_WORDS), size=count)).capitalize()

    def before(self, number: int) -> datetime:
        """A moment in the past, each a little earlier than the one before."""
        return self.now - timedelta(minutes=7 * number)


Filler = Callable[[Filling], None]
_FILLERS: list[Filler] = []


def filler(function: Filler) -> Filler:
    """Enters a kind of record; those entered before were made before."""
    _FILLERS.append(function)
    return function


def _put(rows: Iterator[Any]) -> None:
    """Stores rows, all of one model, in batches."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            type(row).objects.bulk_create(batch)
            batch = []
    if batch:
        type(batch[0]).objects.bulk_create(batch)


@filler
def organisations(f: Filling) -> None:
    from rso.accounts.models import Organisation

    kinds = [kind for kind in Organisation.Kind.values if kind != "office"]
    made = [Organisation(code="RSO", name="Regional Support Office", kind="office")]
    made += [Organisation(code=code, name=f"{code} (synthetic)", kind="state") for code in ("XAV", "XBD")]
    made += [
        Organisation(code=f"X{n:04d}", name=f"{f.words(3)} {n} (synthetic)", kind=kinds[n % len(kinds)])
        for n in range(f.records)
    ]
    _put(iter(made))
    f.organisations = list(Organisation.objects.order_by("pk"))


@filler
def people(f: Filling) -> None:
    """One person for each role of :data:`ROLES`, with demonstration links, and as many others as records."""
    from rso.accounts import actions
    from rso.accounts.models import Seat, User

    known = {organisation.code: organisation for organisation in f.organisations}
    system, since = system_actor("bench"), date(2024, 1, 1)
    for role, code in ROLES:
        user = actions.invite(system, email=f"{role}@bench.invalid", name=f"P. {role} (synthetic)", synthetic=True)
        at = known.get(code, f.organisations[-1])
        actions.give_seat(system, user=user, role=role, organisation=at, starts_on=since)
        f.people[role] = user
    _put(
        User(email=f"p{n}@bench.invalid", name=f"{f.words(2)} {n} (synthetic)", is_synthetic=True)
        for n in range(f.records)
    )
    others = User.objects.filter(email__startswith="p", seats=None).order_by("pk")
    _put(
        Seat(user=user, role=Role.MEMBER_OFFICIAL, organisation=f.organisations[n % len(f.organisations)],
             starts_on=since)
        for n, user in enumerate(others)
    )  # fmt: skip


@filler
def directory(f: Filling) -> None:
    """The public facts as they are: members, bodies, statements, resources."""
    from rso.office.directory.actions.loading import load
    from rso.office.projects.actions.loading import load as load_projects

    load(system_actor("bench"))
    load_projects(system_actor("bench"))


@filler
def enquiries(f: Filling) -> None:
    from rso.office.intake.models import Enquiry
    from rso.office.intake.rules import State

    ways, states = Enquiry.Way.values, [State.NEW, State.IN_HAND, State.ANSWERED, State.DECLINED]
    staff = f.people[Role.RSO_STAFF]
    _put(
        Enquiry(
            way=ways[n % len(ways)], state=states[n % len(states)].value, organisation_name=f"{f.words(3)} {n}",
            organisation_kind="ngo", contact_name="Lea Mond (synthetic)", email=f"e{n % 500}@bench.invalid",
            message=f.words(30), owner=staff if n % len(states) else None, due_on=f.before(-n % 3000).date(),
            created_at=f.before(n), confirmation_digest=f"bench-{n}",
        )
        for n in range(f.records)
    )  # fmt: skip


@filler
def proposals(f: Filling) -> None:
    """Most of them submitted once, in every state."""
    from rso.office.projects.models import Proposal, Submission
    from rso.office.projects.rules import State

    official, states = f.people[Role.MEMBER_OFFICIAL], list(State)
    members = [one for one in f.organisations if one.kind == "state"][:40]
    _put(
        Proposal(
            member=members[n % len(members)], created_by=official, state=states[n % len(states)].value,
            round=int(n % len(states) > 0), title=f"{f.words(5)} {n}", problem=f.words(20), approach=f.words(20),
            created_at=f.before(n), changed_at=f.before(n), submitted_at=f.before(n) if n % len(states) else None,
        )
        for n in range(f.records)
    )  # fmt: skip
    _put(
        Submission(
            proposal=row, round=1, at=row.created_at, by=official,
            content={"title": row.title, "problem": row.problem, "approach": row.approach, "attachments": []},
        )
        for row in Proposal.objects.filter(round=1)
    )  # fmt: skip


@filler
def projects(f: Filling) -> None:
    from rso.office.projects.models import Project

    since = f.now.date()
    _put(
        Project(code=f"bench-{n}", title=f"{f.words(5)} {n}", summary=f.words(25), source="Invented", since=since)
        for n in range(f.records)
    )


@filler
def notices(f: Filling) -> None:
    """As many in the hands of one person, and as many mails in the outbox."""
    from rso.notices.models import Mail, Notice

    reader = f.people[Role.RSO_STAFF]
    _put(
        Notice(user=reader, kind="bench", title=f.words(5), path="/", created_at=f.before(n),
               read_at=None if n < 50 else f.now)
        for n in range(f.records)
    )  # fmt: skip
    _put(
        Mail(key=f"bench-{n}", to_address="a@bench.invalid", language="en", template="bench", subject=f.words(5),
             state="sent" if n % 50 else "dead", created_at=f.before(n), next_at=f.before(n))
        for n in range(f.records)
    )  # fmt: skip


@filler
def audit(f: Filling) -> None:
    from django.db import transaction

    from rso.audit.actions import record

    with transaction.atomic():
        for _number in range(f.records):
            record(system_actor("bench"), "bench:record:made", subject=uuid.uuid4(), facts={"size": 7})


@filler
def search(f: Filling) -> None:
    """Everything above, as the worker would put it into the index."""
    from rso.search.actions import refresh

    refresh(now=f.now)


# ---------------------------------------------------------------- what is told to the process that measures


def _plain_paths() -> list[str]:
    """Every page without a parameter, but for those of signing in."""
    from django.urls import get_resolver

    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[Any], prefix: str) -> Iterator[str]:
    from django.urls import URLResolver

    for pattern in patterns:
        text = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if any(sign in text for sign in "<([") or text.startswith(("/sign-in/", "/api/")):
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, text)
        else:
            yield text


def _links(f: Filling) -> dict[str, str]:
    from django.urls import reverse

    from rso.accounts import actions

    tokens = {
        role: actions.make_sign_in_link(system_actor("bench"), user=user, now=f.now) for role, user in f.people.items()
    }
    return {str(role): reverse("accounts:demonstration-sign-in", args=[token]) for role, token in tokens.items()}


def main() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection, transaction

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    filling = Filling(int(sys.argv[1]), datetime.now(UTC))
    for one in _FILLERS:
        with transaction.atomic():
            one(filling)
        sys.stderr.write(f"{one.__name__}\n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the databases do by themselves after a while
    told = {"paths": _plain_paths(), "links": _links(filling), "database": connection.vendor}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
