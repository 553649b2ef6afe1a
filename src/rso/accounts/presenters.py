"""From an account to what its holder is sent and an administrator reads."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.factors import has_set_up_factor
from rso.accounts.models import User
from rso.base.errors import RsoError
from rso.ui.parts import Fact

#: What the actions refuse, in words for a page.
_REFUSALS: dict[str, str | Promise] = {
    "address-in-use": _("There is already an account with this address."),
    "own-seat": _("Nobody gives a seat to themselves: ask another administrator."),
    "own-account": _("Nobody closes their own account: ask another administrator."),
    "seat-held": _("This person holds this seat in these days already: end the earlier term first."),
    "term-has-begun": _("This term has begun: end it instead."),
    "code-in-use": _("There is already an organisation with this code: choose another code."),
    "agency-code-in-use": _("This organisation has an agency with this code already: choose another code."),
    "agency-elsewhere": _("This agency belongs to another organisation: choose one of the same."),
    "term-runs-backward": _("A term cannot end before it begins: give a later day."),
    "password-is-set": _("This person has a password: they can ask for a new one on the sign-in page."),
}


def words_of(error: RsoError) -> str:
    """An error of this app in the reader's language."""
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


def password_path(user: User) -> str:
    """The page on which ``user`` sets a password. Whoever holds this path may set it: it goes to the holder alone.

    It works for three days (Django's ``PASSWORD_RESET_TIMEOUT``) and ends when a password is set.
    """
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
