"""The six ways in words, and an enquiry as the components show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import User
from rso.accounts.queries import seats_on
from rso.accounts.rules import Actor
from rso.base.errors import RsoError
from rso.office.intake.forms import FORMS
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import State, Way
from rso.ui import parts

Words = str | Promise


@dataclass(frozen=True)
class WayWords:
    way: Way
    title: Words
    about: Words
    wanted: Words


WAYS: tuple[WayWords, ...] = (
    WayWords(
        Way.TAKE_PART,
        _("Take part"),
        _("Participate in new or existing initiatives: a project, a training, a working group."),
        _("Which initiative interests you, and what would you bring?"),
    ),
    WayWords(
        Way.PROPOSE,
        _("Propose"),
        _("Propose a new collaborative project. Officials of members can also draft a full proposal once signed in."),
        _("What would change, and for whom?"),
    ),
    WayWords(
        Way.FUND,
        _("Fund"),
        _("Fund new or existing initiatives."),
        _("What would you like to make possible?"),
    ),
    WayWords(
        Way.SECOND,
        _("Second an official"),
        _("Provide an official secondment to the RSO in Bangkok, on a project of its own."),
        _("What would the official work on?"),
    ),
    WayWords(
        Way.LIST_TRAINING,
        _("List your training"),
        _("Have your courses listed in the Regional Catalogue of Training and Capacity Building."),
        _("What does the training teach, and who gives it?"),
    ),
    WayWords(
        Way.PILOT,
        _("Pilot the biometric exchange"),
        _("For members: try the Regional Biometric Data Exchange Solution, which stores no biometrics in the middle."),
        _("What would you like to find out in a pilot?"),
    ),
)


def way_words(way: Way) -> WayWords:
    return next(words for words in WAYS if words.way == way)


STATE_TONES = {
    State.UNCONFIRMED: "neutral",
    State.NEW: "info",
    State.IN_HAND: "wait",
    State.ANSWERED: "good",
    State.DECLINED: "neutral",
    State.SET_ASIDE: "neutral",
}


def words(error: RsoError) -> str:
    """A refusal in the reader's language: what is wrong, and what to do."""
    said = {
        "wrong-move": _("The enquiry has moved on since this page was opened. Look at its history below."),
        "taken-by-another": _("Somebody else has taken this enquiry meanwhile. Look at its history, and talk to them."),
        "due-in-the-past": _("The day by which it is answered lies in the past. Choose a later one."),
        "unknown-link": _("This link leads nowhere: it is incomplete, or its enquiry was erased."),
        "link-out-of-date": _("This link is out of date. Please send the form again."),
        "too-many-enquiries": _(
            "There were many enquiries from here today. What you wrote is kept on this page: send it tomorrow, "
            "or write to the RSO by mail."
        ),
    }
    return str(said.get(error.code, error.message))


def tone(enquiry: Enquiry) -> str:
    """The tone of the enquiry's state."""
    return STATE_TONES[State(enquiry.state)]


def facts(enquiry: Enquiry) -> list[parts.Fact]:
    """Who wrote and the way's own answers, under the labels that the form had."""
    form = FORMS[Way(enquiry.way)]
    rows = [
        parts.Fact(_("Organisation"), enquiry.organisation_name),
        parts.Fact(_("Kind of organisation"), enquiry.get_organisation_kind_display(), words=True),
        parts.Fact(_("Name"), enquiry.contact_name),
        parts.Fact(_("E-mail address"), enquiry.email),
    ]
    for name in form.details:
        if value := enquiry.details.get(name):
            field: Any = form.base_fields[name]
            choices = dict(getattr(field, "choices", ()))
            rows.append(parts.Fact(field.label, choices.get(value, value), words=value in choices))
    return rows


def own_happenings(enquiry: Enquiry) -> list[parts.Happening]:
    """The same for whoever wrote: what happened and when, without the names of staff and their notes."""
    rows = [parts.Happening(_("Sent"), enquiry.created_at)]
    return rows + [
        parts.Happening(step.get_state_display(), step.at, tone=STATE_TONES[State(step.state)])
        for step in enquiry.steps.all()
    ]


def happenings(enquiry: Enquiry) -> list[parts.Happening]:
    rows = [parts.Happening(_("Sent"), enquiry.created_at)]
    for step in enquiry.steps.select_related("by"):
        rows.append(
            parts.Happening(
                step.get_state_display(),
                step.at,
                who=step.by.name if step.by else "",
                said=step.note,
                tone=STATE_TONES[State(step.state)],
            )
        )
    return rows


def oneself(actor: Actor) -> dict[str, str]:
    """What a form knows already of somebody who is signed in."""
    user = User.objects.get(pk=actor.person)
    at = seats_on(timezone.localdate()).filter(user=user).select_related("organisation").first()
    known = {"contact_name": user.name, "email": user.email}
    if at is None:
        return known
    return known | {"organisation_name": at.organisation.name, "organisation_kind": at.organisation.kind}
