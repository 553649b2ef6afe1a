from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "rso.office.contacts"
    label = "contacts"

    def ready(self) -> None:
        from rso.office.contacts import country_facts, desk, sources
        from rso.office.contacts.rules import enter_own

        import_module("rso.office.contacts.tasks")  # importing enters the schedule
        enter_own()
        sources.enter()
        desk.enter_own()
        country_facts.enter_own()
