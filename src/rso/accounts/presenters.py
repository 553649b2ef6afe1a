"""From an account to what its holder is sent and an administrator reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.factors import has_set_up_factor
from rso.accounts.models import Invitation, User
from rso.base.errors import RsoError
from rso.sheets import SheetError
from rso.ui.parts import Fact
from rso.ui.sheets import words_of as sheet_words

#: What the actions refuse, in words for a page.
_REFUSALS: dict[str, str | Promise] = {
    "not-allowed": _("You may not do this: it needs another role, or another organisation's administrator."),
    "address-in-use": _("There is already an account with this address."),
    "own-seat": _("Nobody gives a seat to themselves: ask another administrator."),
    "own-account": _("Nobody closes their own account: ask another administrator."),
    "seat-held": _("This person holds this seat in these days already: end the earlier term first."),
    "term-has-ended": _("This term ends earlier already: give the seat anew."),
    "subject-is-the-offices": _("A seat for a body of the Bali Process is given by the office: ask its administrator."),
    "has-signed-in": _("This person has signed in already: end their seats, or ask the office to close the account."),
    "term-has-begun": _("This term has begun: end it instead."),
    "code-in-use": _("There is already an organisation with this code: choose another code."),
    "agency-code-in-use": _("This organisation has an agency with this code already: choose another code."),
    "agency-elsewhere": _("This agency belongs to another organisation: choose one of the same."),
    "term-runs-backward": _("A term cannot end before it begins: give a later day."),
    "invitation-withdrawn": _("This invitation was withdrawn: open the account first."),
    "no-invitation": _("There is no open invitation of this person."),
    "role-unknown-here": _("This role opens nothing here."),
    "role-not-at-this-kind": _("This role cannot be held at an organisation of this kind: choose another of the two."),
    "language-where-needed": _("A language belongs to the roles that are held for one, and to no other."),
    "subject-where-needed": _("A subject belongs to the roles that are held for one, and to no other."),
    "session-gone": _("This session has ended already."),
    "leave-is-past": _("These days are past."),
    "leave-meets-another": _("There is leave in these days already: end it first."),
    "not-their-seat": _("A deputy is named for a seat of the person who is away."),
    "role-not-delegable": _("Nobody stands in for this role: it is held by name."),
    "seat-not-held-then": _("This seat is not held in these days."),
    "deputy-named": _("There is a deputy for this seat in these days already."),
    "own-deputy": _("Nobody is their own deputy."),
    "deputy-elsewhere": _("A deputy holds a seat at the same organisation in these days."),
    "deputy-away": _("This person is on leave in these days too: choose somebody else."),
    "answered-already": _("This was answered already."),
    "provider-unknown-person": _(
        "Nobody with this address was invited. Your organisation's administrator invites you."
    ),
    "provider-closed": _("This account is closed: ask your organisation's administrator."),
    "provider-other-organisation": _(
        "This way in is for people whose seats are all at one organisation: use your password or passkey."
    ),
    "provider-not-here": _("This way in is for signing in only: sign out first."),
    "factor-not-fresh": _("Show your second factor again, then send this once more."),
    "password-is-set": _("This person has a password: they can ask for a new one on the sign-in page."),
}


def words_of(error: RsoError) -> str:
    """An error of this app in the reader's language."""
    if isinstance(error, SheetError):
        return sheet_words(error)
    return str(_REFUSALS.get(error.code, error.message))


def person_facts(user: User) -> list[Fact]:
    """What an administrator sees of an account beside its seats; never the factors themselves."""
    yes, no = _("yes"), _("no")
    return [
        Fact(_("E-mail address"), user.email),
        Fact(_("May sign in"), yes if user.is_active else no, words=True),
        Fact(_("Password set"), yes if user.has_usable_password() else no, words=True),
        Fact(_("Passkey or authenticator app set up"), yes if has_set_up_factor(user) else no, words=True),
        Fact(_("Synthetic"), yes if user.is_synthetic else no, words=True),
        Fact(_("Known in the audit as"), str(user.opaque)),
    ]


def own_facts(user: User) -> list[Fact]:
    """What somebody reads about their own account."""
    return [Fact(_("Name"), user.name), Fact(_("E-mail address"), user.email)]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its owner reads it. ``place`` is an address of the network, which is data."""

    pk: int
    device: Any
    place: str
    since: datetime
    seen: datetime
    current: bool


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(user_agent: str) -> Any:
    """A browser and its system in words, as far as the browser says so."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A program that does not say what it is")


def sessions_of(user: User, now: datetime, current: str) -> list[SessionRow]:
    """The browsers in which ``user`` is signed in at ``now``, this one first, then the latest seen."""
    rows = list(UserSession.objects.filter(user=user))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now).values_list(
            "session_key", flat=True
        )
    )
    shown = [
        SessionRow(
            row.pk, device_of(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == current
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(shown, key=lambda row: (not row.current, -row.seen.timestamp()))


def invitation_state(row: Invitation, now: datetime) -> tuple[Any, str]:
    """In a word where an invitation stands, and the tone of that word."""
    if row.withdrawn_at is not None:
        return _("withdrawn"), "neutral"
    if row.expires_at <= now:
        return _("out of date"), "bad"
    return _("waiting"), "wait"


def password_path(user: User) -> str:
    """The page on which ``user`` sets a password. Whoever holds this path may set it: it goes to the holder alone.

    It works for three days (Django's ``PASSWORD_RESET_TIMEOUT``) and ends when a password is set.
    """
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
