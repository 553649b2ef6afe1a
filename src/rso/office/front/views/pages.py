"""The public pages. Each can be asked for as it stood on a day: ``?on=2018-03-01``."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS
from rso.office.directory import queries as directory
from rso.office.directory.models import Passage, Resource
from rso.office.directory.presenters import group_words
from rso.office.front import mapping, presenters
from rso.office.intake.presenters import WAYS
from rso.office.projects import queries as projects
from rso.ui.parts import Tab

Kind = Passage.Kind


def _day(request: HttpRequest) -> date:
    """The day asked for, or today where none is asked for or it is no day."""
    try:
        return parse_date(request.GET.get("on", "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def _day_words(day: date) -> dict[str, Any]:
    """What every page says of its day."""
    return {"day": day, "is_today": day == timezone.localdate()}


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    day = _day(request)
    groups = [(group_words(group), len(rows)) for group, rows in directory.members_by_group(day)]
    context = {
        "purpose": directory.passages(Kind.PURPOSE, day),
        "objectives": directory.passages(Kind.OBJECTIVE, day),
        "framework": directory.passages(Kind.BACKGROUND, day).filter(code="rcf").first(),
        "principles": directory.passages(Kind.PRINCIPLE, day),
        "organs": directory.bodies(day, governance=True),
        "projects": projects.public_projects()[:8],
        "bodies": directory.bodies(day),
        "resources": directory.resources(day),
        "member_count": sum(number for _words, number in groups),
        "groups": groups,
        "contact": directory.passages(Kind.ADDRESS, day),
        "ways": WAYS,
        "waits": presenters.waits(getattr(request, "actor", ANONYMOUS), timezone.localdate()),
        **_day_words(day),
    }
    return render(request, "front/home.html", context)


@require_safe
@public
def about(request: HttpRequest) -> HttpResponse:
    day = _day(request)
    context = {
        "purpose": directory.passages(Kind.PURPOSE, day),
        "objectives": directory.passages(Kind.OBJECTIVE, day),
        "background": directory.passages(Kind.BACKGROUND, day),
        "principles": directory.passages(Kind.PRINCIPLE, day),
        "governance": directory.passages(Kind.GOVERNANCE, day),
        "organs": directory.bodies(day, governance=True),
        "bodies": directory.bodies(day),
        "contact": directory.passages(Kind.ADDRESS, day),
        "changed": presenters.changed_bodies(day),
        **_day_words(day),
    }
    return render(request, "front/about.html", context)


@require_safe
@public
def members(request: HttpRequest) -> HttpResponse:
    """The map and the list say the same: whoever has a dot stands in the list, for the day and the group asked for."""
    day = _day(request)
    every = [(group, group_words(group), rows) for group, rows in directory.members_by_group(day)]
    asked = request.GET.get("group", "")
    shown = [entry for entry in every if entry[0].code == asked] or every
    on = "" if day == timezone.localdate() else f"&on={day.isoformat()}"
    tabs = [Tab(_("All"), f"?{on.removeprefix('&')}", shown is every)]
    tabs += [
        Tab(words, f"?group={group.code}{on}", shown is not every and group.code == asked, len(rows))
        for group, words, rows in every
    ]
    names = [(row.organisation.code, row.display_name) for _group, _words, rows in shown for row in rows]
    context = {
        "groups": [(words, rows) for _group, words, rows in shown],
        "tabs": tabs,
        "count": sum(len(rows) for _group, _words, rows in every),
        "observers": directory.observers(day) if shown is every else [],
        "land": mapping.land(),
        "dots": mapping.dots(names),
        "map_size": (mapping.WIDTH, mapping.HEIGHT),
        "group": asked if shown is not every else "",
        "changed": presenters.changed_members(day),
        **_day_words(day),
    }
    return render(request, "front/members.html", context)


@require_safe
@public
def resources(request: HttpRequest) -> HttpResponse:
    day = _day(request)
    training = directory.resources(day, Resource.Kind.TRAINING)
    others = directory.resources(day).exclude(kind=Resource.Kind.TRAINING)
    return render(request, "front/resources.html", {"training": training, "others": others, **_day_words(day)})
