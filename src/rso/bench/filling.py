"""Fills an office with invented records, many of each kind, and says where its pages are and who may sign in.

Run as ``python -m rso.bench.filling RECORDS`` inside an empty office's settings; the last line is JSON. A further kind
of record is one more function in :data:`FILLERS`; those of texts stand in ``filling_texts``.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from rso.accounts.holding import LANGUAGE_ROLES, SUBJECT_ROLES
from rso.accounts.rules import Role, system_actor
from rso.bench import filling_texts as texts
from rso.bench.inventing import Filler, Filling, put

#: Those as whom pages are opened: the first to whom a page is open is its right reader.
ROLES: Final = (
    (Role.RSO_STAFF, "RSO"), (Role.OFFICE_ADMINISTRATOR, "RSO"), (Role.CO_MANAGER, "XAV"), (Role.STEERING_GROUP, "XBD"),
    (Role.CO_CHAIR, "XAV"), (Role.ADVISORY_GROUP, "XBD"), (Role.GROUP_CO_CHAIR, "XBD"), (Role.SECONDEE, "RSO"),
    (Role.MEMBER_ADMINISTRATOR, "XAV"), (Role.MEMBER_OFFICIAL, "XAV"), (Role.FOCAL_POINT, "XAV"),
    (Role.NATIONAL_TRAINING_DIRECTOR, "XAV"), (Role.EDITOR, "RSO"), (Role.PUBLISHER, "RSO"), (Role.TRANSLATOR, "RSO"),
    (Role.NATIONAL_REVIEWER, "XAV"), (Role.PARTY_ADMINISTRATOR, "XNG"), (Role.INTERESTED_PARTY, "XNG"),
    (Role.AUDITOR, "RSO"),
)  # fmt: skip
_SUBJECT: Final = "trafficking-in-persons"


def organisations(f: Filling) -> None:
    from rso.accounts.models import Organisation

    kinds = ("ngo", "academy", "company", "provider", "observer")  # the members are the real ones, of the directory
    made = [Organisation(code="RSO", name="Regional Support Office", kind="office")]
    made += [Organisation(code=code, name=f"{code} (synthetic)", kind="state") for code in ("XAV", "XBD")]
    made.append(Organisation(code="XNG", name="XNG (synthetic)", kind="ngo"))
    made += [
        Organisation(code=f"X{n:04d}", name=f"{f.words(3)} {n} (synthetic)", kind=kinds[n % len(kinds)])
        for n in range(f.records)
    ]
    put(iter(made))
    f.organisations = list(Organisation.objects.order_by("pk"))


def people(f: Filling) -> None:
    """One person for each role of :data:`ROLES`, with demonstration links, and as many others as records."""
    from rso.accounts import actions
    from rso.accounts.models import Seat, User

    known = {organisation.code: organisation for organisation in f.organisations}
    system, since = system_actor("bench"), date(2024, 1, 1)
    for role, code in ROLES:
        user = actions.invite(system, email=f"{role}@bench.invalid", name=f"P. {role} (synthetic)", synthetic=True)
        actions.give_seat(
            system, user=user, role=role, organisation=known[code], starts_on=since,
            language=texts.TRANSLATED[0] if role in LANGUAGE_ROLES else "",
            subject=_SUBJECT if role in SUBJECT_ROLES else "",
        )  # fmt: skip
        f.people[role] = user
    put(
        User(email=f"p{n}@bench.invalid", name=f"{f.words(2)} {n} (synthetic)", is_synthetic=True)
        for n in range(f.records)
    )
    others = User.objects.filter(email__startswith="p", seats=None).order_by("pk")
    put(
        Seat(user=user, role=Role.INTERESTED_PARTY, organisation=f.organisations[n % len(f.organisations)],
             starts_on=since)
        for n, user in enumerate(others)
    )  # fmt: skip


def directory(f: Filling) -> None:
    """The public facts as they are: members, bodies, statements, resources."""
    from rso.accounts.models import Organisation
    from rso.office.directory.actions.loading import load
    from rso.office.projects.actions.loading import load as load_projects

    load(system_actor("bench"))
    load_projects(system_actor("bench"))
    f.organisations = list(Organisation.objects.order_by("pk"))


def enquiries(f: Filling) -> None:
    from rso.office.intake.models import Enquiry
    from rso.office.intake.rules import State

    ways, states = Enquiry.Way.values, [State.NEW, State.IN_HAND, State.ANSWERED, State.DECLINED]
    staff = f.people[Role.RSO_STAFF]
    put(
        Enquiry(
            way=ways[n % len(ways)], state=states[n % len(states)].value, organisation_name=f"{f.words(3)} {n}",
            organisation_kind="ngo", contact_name="Lea Mond (synthetic)", email=f"e{n % 500}@bench.invalid",
            message=f.words(30), owner=staff if n % len(states) else None, due_on=f.before(-n % 3000).date(),
            created_at=f.before(n), confirmation_digest=f"bench-{n}",
        )
        for n in range(f.records)
    )  # fmt: skip


def proposals(f: Filling) -> None:
    """Most of them submitted once, in every state."""
    from rso.office.projects.models import Proposal, Submission
    from rso.office.projects.rules import State

    official, states = f.people[Role.MEMBER_OFFICIAL], list(State)
    members = [one for one in f.organisations if one.kind == "state"]
    put(
        Proposal(
            member=members[n % len(members)], created_by=official, state=states[n % len(states)].value,
            round=int(n % len(states) > 0), title=f"{f.words(5)} {n}", problem=f.words(20), approach=f.words(20),
            created_at=f.before(n), changed_at=f.before(n), submitted_at=f.before(n) if n % len(states) else None,
        )
        for n in range(f.records)
    )  # fmt: skip
    put(
        Submission(
            proposal=row, round=1, at=row.created_at, by=official,
            content={"title": row.title, "problem": row.problem, "approach": row.approach, "attachments": []},
        )
        for row in Proposal.objects.filter(round=1)
    )  # fmt: skip


def projects(f: Filling) -> None:
    from rso.office.projects.models import Project

    since = f.now.date()
    put(
        Project(code=f"bench-{n}", title=f"{f.words(5)} {n}", summary=f.words(25), source="Invented", since=since)
        for n in range(f.records)
    )


def notices(f: Filling) -> None:
    """As many in the hands of one person, and as many mails in the outbox."""
    from rso.notices.models import Mail, Notice

    reader = f.people[Role.RSO_STAFF]
    put(
        Notice(user=reader, kind="bench", title=f.words(5), path="/", created_at=f.before(n),
               read_at=None if n < 50 else f.now)
        for n in range(f.records)
    )  # fmt: skip
    put(
        Mail(key=f"bench-{n}", to_address="a@bench.invalid", language="en", template="bench", subject=f.words(5),
             state="sent" if n % 50 else "dead", created_at=f.before(n), next_at=f.before(n))
        for n in range(f.records)
    )  # fmt: skip


def audit(f: Filling) -> None:
    from django.db import transaction

    from rso.audit.actions import record

    with transaction.atomic():
        for _number in range(f.records):
            record(system_actor("bench"), "bench:record:made", subject=uuid.uuid4(), facts={"size": 7})


def search(f: Filling) -> None:
    """Everything above, as the worker would put it into the index, but many at once."""
    from rso.search.actions import put_new
    from rso.search.models import Document
    from rso.search.sources import sources

    known = set(Document.objects.values_list("kind", "ref", "language"))
    found = {(one.kind, one.ref, one.language): one for source in sources().values() for one in source.entries()}
    new = [one for key, one in found.items() if key not in known]
    for start in range(0, len(new), 2_000):
        put_new(new[start : start + 2_000], now=f.now)


#: In this order: what a filler needs was made by those before it.
FILLERS: Final[tuple[Filler, ...]] = (
    organisations, people, directory, texts.terms, texts.focal_points, texts.country_facts, enquiries, proposals,
    projects, texts.pages, texts.records, texts.glossary, notices, audit, search,
)  # fmt: skip


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
    begun = time.monotonic()
    for one in FILLERS:
        with transaction.atomic():
            one(filling)
        sys.stderr.write(f"{one.__name__} {time.monotonic() - begun:.1f} s\n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the databases do by themselves after a while
    told = {"paths": _plain_paths(), "links": _links(filling), "database": connection.vendor}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
