"""Run inside one place's settings: ``python -m rso.region.prepare keys|people|links``; the last line is JSON.

``keys`` brings the databases up and makes the place's keys; ``people`` takes the signed directory into use and
seats invented people; ``links`` prints fresh one-time sign-in links.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any


def _migrate() -> None:
    from django.conf import settings
    from django.core.management import call_command

    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)


def _keys(deployment: str) -> dict[str, str]:
    _migrate()
    if deployment == "relay":
        return _relay_keys()
    if deployment == "node":
        return _node_keys()
    return {}


def _relay_keys() -> dict[str, str]:
    from django.conf import settings

    from rso.ceremony.public_keys import PublicKeys
    from rso.region.places import RELAY_AGENCY
    from rso.relay.adapters import identity
    from rso.wire.identifiers import AgencyId

    found = identity.create(Path(settings.RSO_RELAY_KEY), AgencyId.parse(RELAY_AGENCY))
    return PublicKeys(found.agency, found.key.public, log=found.log.verifier).plain()


def _node_keys() -> dict[str, str]:
    from django.utils import timezone

    from rso.ceremony.public_keys import PublicKeys
    from rso.node.post.actions import keys
    from rso.node.post.actions.receiving import POST
    from rso.node.post.queries import own_agency
    from rso.wire.directory import KeyUse

    made = keys.make_signing_keys(POST, now=timezone.now())
    return PublicKeys(own_agency(), made[KeyUse.NODE], made[KeyUse.AGENCY]).plain()


def _people(deployment: str) -> dict[str, Any]:
    from django.core.management import call_command

    if deployment == "office":
        call_command("demonstrate_office", verbosity=0)
        return {}
    from django.conf import settings
    from django.utils import timezone

    directory = Path(settings.RSO_TRUST_ANCHOR).with_name("directory.cbor").read_bytes()
    if deployment == "relay":
        from rso.accounts.rules import system_actor
        from rso.relay.actions.upkeep import load_directory

        load_directory(system_actor("demonstration"), data=directory, now=timezone.now())
    else:
        from rso.node.post.actions import believing, keys
        from rso.node.post.actions.receiving import POST

        believing.accept(POST, data=directory, now=timezone.now())
        keys.make_weekly_keys(POST, now=timezone.now())
    _seat_people(deployment)
    return {}


def _seat_people(deployment: str) -> None:
    """Invented people, one role each, but two where two persons must act."""
    from django.conf import settings
    from django.utils import timezone

    from rso.accounts import actions
    from rso.accounts.models import Agency, Organisation, User
    from rso.accounts.rules import Role, system_actor
    from rso.region.cast import people_of

    system = system_actor("demonstration")
    place = settings.RSO_AGENCY if deployment == "node" else "RSO/ORG/RELAY"
    code, _class, agency_code = place.split("/")
    kind = Organisation.Kind.STATE if deployment == "node" else Organisation.Kind.OFFICE
    organisation, _made = Organisation.objects.get_or_create(
        code=code, defaults={"name": f"{code} (synthetic)", "kind": kind}
    )
    agency, _made = Agency.objects.get_or_create(
        organisation=organisation, code=agency_code, defaults={"name": settings.RSO_SITE_NAME}
    )
    for person in people_of(code):
        if User.objects.filter(email=person.email).exists():
            continue
        user = actions.invite(system, email=person.email, name=person.name, synthetic=True)
        actions.give_seat(
            system,
            user=user,
            role=Role(person.role),
            organisation=organisation,
            agency=agency,
            starts_on=timezone.localdate() - timedelta(days=30),
        )


def _links(deployment: str) -> dict[str, str]:
    from django.urls import reverse
    from django.utils import timezone

    from rso.accounts import actions
    from rso.accounts.models import User
    from rso.accounts.queries import seats_on
    from rso.accounts.rules import system_actor

    system = system_actor("demonstration")
    found: dict[str, str] = {}
    for user in User.objects.filter(is_synthetic=True, is_active=True).order_by("pk"):
        seat = seats_on(timezone.localdate()).filter(user=user).select_related("organisation").first()
        if seat is None:
            continue
        token = actions.make_sign_in_link(system, user=user, now=timezone.now())
        key = f"{seat.role} {seat.organisation.code}"
        number = sum(1 for known in found if known == key or known.startswith(f"{key} "))
        found[f"{key} {number + 1}" if number else key] = reverse("accounts:demonstration-sign-in", args=[token])
    return found


def main() -> None:
    step = sys.argv[1]
    deployment = os.environ["DJANGO_SETTINGS_MODULE"].rpartition(".")[2]
    import django

    django.setup()
    done = {"keys": _keys, "people": _people, "links": _links}[step](deployment)
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
