"""The node's main navigation: what a person's seats open, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Role

Item = tuple[str | Promise, str, bool]
_O, _P, _E, _A = Role.OFFICER, Role.PROTECTION_OFFICER, Role.EXAMINER, Role.APPROVER
_U, _N = Role.AUDITOR, Role.NODE_ADMINISTRATOR

_ITEMS: tuple[tuple[str | Promise, str, frozenset[Role]], ...] = (
    (_("Home"), "home", frozenset(Role)),
    (_("Questions"), "searches:searches", frozenset({_O, _P})),
    (_("Compare"), "searches:probes", frozenset({_E})),
    (_("Disclose"), "searches:requests", frozenset({_A})),
    (_("Gallery"), "gallery:subjects", frozenset({_O, _P})),
    (_("Letters"), "requests:letters", frozenset({_O, _A})),
    (_("Arrangements"), "post:arrangements", frozenset({_O, _P, _E, _A, _U, _N})),
    (_("Cases"), "cases:conversations", frozenset({_U})),
    (_("Audit"), "audit:entries", frozenset({_U})),
    (_("Post"), "post:state", frozenset({_N})),
    (_("People"), "accounts:people", frozenset({_N})),
)


#: Addresses that belong to a section without lying below its own.
_ELSEWHERE = (("/searches/candidates/", "/searches/probes/"),)


def items(request: HttpRequest) -> list[Item]:
    """Label, address and whether it is the section being shown, for whoever is signed in."""
    roles = cast(ActorRequest, request).actor.roles
    found: list[tuple[str | Promise, str]] = []
    for label, name, wanted in _ITEMS:
        if wanted.isdisjoint(roles):
            continue
        try:
            found.append((label, reverse(name)))
        except NoReverseMatch:
            continue  # a page that this installation does not have
    here = section_of(request.path, [address for _label, address in found])
    return [(label, address, address == here) for label, address in found]


def section_of(path: str, addresses: Sequence[str]) -> str:
    """The section that a page lies in: the longest of the addresses that its own begins with."""
    for prefix, section in _ELSEWHERE:
        path = section if path.startswith(prefix) else path
    around = [address for address in addresses if path == address or (address != "/" and path.startswith(address))]
    return max(around, key=len, default="")
