"""The first person of a deployment: everybody else is invited by one who is there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from rso.accounts import actions
from rso.accounts.models import Organisation, User
from rso.accounts.presenters import password_path
from rso.accounts.rules import Role, system_actor
from rso.base.errors import RsoError

_ROLE = {"office": Role.OFFICE_ADMINISTRATOR, "relay": Role.RELAY_STAFF, "node": Role.NODE_ADMINISTRATOR}


def _check(made: Model, *names: str) -> None:
    """What a form would refuse, an address that is none above all, is refused here too."""
    try:
        made.clean_fields(exclude={field.name for field in made._meta.fields} - set(names))
    except ValidationError as error:
        raise CommandError(
            "; ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
        ) from None


class Command(BaseCommand):
    help = "Makes an account with the administrator's seat and prints the link by which its holder sets a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="Address at the agency.")
        parser.add_argument("--name", required=True, help="Name of the person.")
        parser.add_argument("--organisation", required=True, metavar="CODE", help="Code of the organisation, as XAV.")
        parser.add_argument("--organisation-name", default="", help="Its name, if it is not known here yet.")
        parser.add_argument("--kind", default="state", choices=Organisation.Kind.values, help="Its kind, if it is new.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = self._invite(options)
        except RsoError as error:
            raise CommandError(error.message) from None
        self.stdout.write("Give this link to its holder and to nobody else; it works for three days:")
        self.stdout.write(f"{settings.RSO_BASE_URL}{path}")

    @transaction.atomic
    def _invite(self, options: dict[str, Any]) -> str:
        if settings.DEPLOYMENT not in _ROLE:
            raise CommandError("This is for one deployment: rso manage office, relay or node.")
        code, system = options["organisation"], system_actor("command-line")
        name = options["organisation_name"] or code
        _check(User(email=options["email"], name=options["name"]), "email", "name")
        _check(Organisation(code=code, name=name, kind=options["kind"]), "code", "name", "kind")
        organisation, _made = Organisation.objects.get_or_create(
            code=code, defaults={"name": name, "kind": options["kind"]}
        )
        user = actions.invite(system, email=options["email"], name=options["name"])
        role = _ROLE[settings.DEPLOYMENT]
        actions.give_seat(system, user=user, role=role, organisation=organisation, starts_on=timezone.localdate())
        return password_path(user)
