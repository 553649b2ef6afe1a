"""The six ways in words, and an enquiry as the components show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import User
from rso.accounts.queries import seats_on
from rso.accounts.rules import Actor, decide
from rso.base.errors import RsoError
from rso.office.intake.forms import FORMS
from rso.office.intake.models import Enquiry, Listing, Outcome, Secondment
from rso.office.intake.outcomes import Kind, Look, kinds
from rso.office.intake.rules import (
    NOTE,
    ListingState,
    SecondmentMove,
    SecondmentState,
    State,
    Way,
    is_usual_length,
)
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
        "no-colleague": _("This person does not answer enquiries today. Choose somebody else."),
        "enquiry-not-there": _("This enquiry was erased meanwhile, so nothing can come of it any more."),
        "no-party": _("A member or an observer is entered by the office's administrator, among the organisations."),
        "code-in-use": _("There is already an organisation with this code. Choose another."),
        "seat-held": _("This person is the administrator of this organisation already."),
        "organisation-in-use": _(
            "Something depends on this organisation already, or its administrator has signed in: it stays."
        ),
        "secondment-moved-on": _("This secondment was considered already: decline it instead."),
        "listing-confirmed": _("This listing was confirmed already: withdraw it instead."),
        "proposal-moved-on": _("The member has worked on this draft already: it stays, and is theirs to withdraw."),
        "wrong-secondment-move": _("The secondment has moved on since this page was opened. Look at its history."),
        "placement-incomplete": _("Say from when to when and on which project first: change the secondment."),
        "report-wanted": _("A secondment ends with a report. Write it here."),
        "secondment-ended": _("This secondment has ended; its record stays as it is."),
        "listing-withdrawn": _("This listing was withdrawn. Change it first, then confirm it."),
        "unknown-link": _("This link leads nowhere: it is incomplete, or its enquiry was erased."),
        "link-out-of-date": _("This link is out of date. Please send the form again."),
        "too-many-enquiries": _(
            "There were many enquiries from here today. What you wrote is kept on this page: send it tomorrow, "
            "or write to the RSO by mail."
        ),
    }
    return str(said.get(error.code, error.message))


SECONDMENT_TONES = {
    SecondmentState.OFFERED: "info",
    SecondmentState.CONSIDERED: "wait",
    SecondmentState.ACCEPTED: "good",
    SecondmentState.DECLINED: "neutral",
    SecondmentState.PLACED: "good",
    SecondmentState.ENDED: "neutral",
}
LISTING_TONES = {ListingState.DRAFT: "wait", ListingState.CONFIRMED: "good", ListingState.WITHDRAWN: "neutral"}
MOVE_WORDS: dict[SecondmentMove, Words] = {
    SecondmentMove.CONSIDER: _("Consider it"),
    SecondmentMove.ACCEPT: _("Accept"),
    SecondmentMove.DECLINE: _("Decline"),
    SecondmentMove.PLACE: _("The official has begun"),
    SecondmentMove.END: _("End it with the report"),
}


def tone(enquiry: Enquiry) -> str:
    """The tone of the enquiry's state."""
    return STATE_TONES[State(enquiry.state)]


def facts(enquiry: Enquiry) -> list[parts.Fact]:
    """Who wrote and the way's own answers, under the labels that the form had."""
    form = FORMS[Way(enquiry.way)]
    if enquiry.erased_at is not None:
        return [parts.Fact(_("Reference"), enquiry.reference)]
    rows = [
        parts.Fact(_("Reference"), enquiry.reference),
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
        for step in enquiry.steps.exclude(move=NOTE)
    ]


def happenings(enquiry: Enquiry) -> list[parts.Happening]:
    rows = [parts.Happening(_("Sent"), enquiry.created_at)]
    for step in enquiry.steps.select_related("by"):
        rows.append(
            parts.Happening(
                _("Note for colleagues") if step.move == NOTE else step.get_state_display(),
                step.at,
                who=step.by.name if step.by else "",
                said=step.note,
                tone="neutral" if step.move == NOTE else STATE_TONES[State(step.state)],
            )
        )
    return rows


@dataclass(frozen=True)
class Shown:
    """What came of an enquiry: which kind, how it looks, and the row that links both. ``look`` is ``None`` for what
    is gone."""

    kind: Kind
    look: Look | None
    row: Outcome


def outcomes(enquiry: Enquiry) -> list[Shown]:
    """What came of an enquiry, in its order; one query for each kind that is among it."""
    rows = list(enquiry.outcomes.all())
    known = kinds()
    looks = {
        code: known[code].look([row.key for row in rows if row.kind == code])
        for code in {row.kind for row in rows}
        if code in known
    }
    return [Shown(known[row.kind], looks[row.kind].get(row.key), row) for row in rows if row.kind in known]


def to_make(actor: Actor, enquiry: Enquiry) -> list[tuple[Kind, bool]]:
    """What the actor may make of an enquiry, the usual ones of its way first."""
    allowed = [kind for kind in kinds().values() if decide(actor, kind.permission).allowed]
    pairs = [(kind, enquiry.way in kind.ways) for kind in allowed]
    return sorted(pairs, key=lambda pair: not pair[1])


def secondment_facts(row: Secondment) -> list[parts.Fact]:
    return [
        parts.Fact(_("Offered by"), row.offered_by),
        parts.Fact(_("Field of work"), row.discipline),
        parts.Fact(_("Project of the secondment"), row.project or _("not said yet"), words=not row.project),
        parts.Fact(_("From"), _day(row.starts_on), words=row.starts_on is None),
        parts.Fact(_("To"), _day(row.ends_on), words=row.ends_on is None),
    ]


def _day(day: date | None) -> Words:
    return date_format(day) if day else _("not said yet")


def is_unusual(row: Secondment) -> bool:
    """Is its length another than public pages speak of?"""
    return bool(row.starts_on and row.ends_on and not is_usual_length(row.starts_on, row.ends_on))


def secondment_happenings(row: Secondment) -> list[parts.Happening]:
    return [
        parts.Happening(
            step.get_state_display(), step.at, who=step.by.name, said=step.note,
            tone=SECONDMENT_TONES[SecondmentState(step.state)],
        )
        for step in row.steps.select_related("by")
    ]  # fmt: skip


def listing_facts(row: Listing) -> list[parts.Fact]:
    return [
        parts.Fact(_("Given by"), row.provider),
        parts.Fact(_("For whom"), row.audience),
        parts.Fact(_("Languages"), row.languages),
        parts.Fact(_("How it is given"), row.get_mode_display(), words=True),
        parts.Fact(_("Last confirmed"), _day(row.last_confirmed_on), words=row.last_confirmed_on is None),
        parts.Fact(_("Lapses on"), _day(row.expires_on), words=row.expires_on is None),
    ]


def oneself(actor: Actor) -> dict[str, str]:
    """What a form knows already of somebody who is signed in."""
    user = User.objects.get(pk=actor.person)
    at = seats_on(timezone.localdate()).filter(user=user).select_related("organisation").first()
    known = {"contact_name": user.name, "email": user.email}
    if at is None:
        return known
    return known | {"organisation_name": at.organisation.name, "organisation_kind": at.organisation.kind}
