"""Every error as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from rso.base.errors import RsoError
from rso.rest.forms import FormRefused
from rso.sql import trouble_of

logger = logging.getLogger("rso.rest")

#: The status of our errors by their code; what is not here is a conflict with the present state (409).
STATUS_OF_CODE = {
    "not-allowed": 403,
    "second-factor-missing": 403,
    "factor-not-fresh": 403,
    "forgery-token-missing": 403,
    "not-found": 404,
    "file-too-large": 413,
    "file-wrong-type": 415,
    "disk-full": 507,
    "try-again": 503,
    "unreadable-body": 400,
    "too-many": 429,
}


def problem(
    status: int, code: str, title: str, *, detail: str = "", errors: Mapping[str, list[str]] | None = None
) -> HttpResponse:
    """The response. ``code`` is stable and for programs, ``title`` and ``detail`` are for people.

    ``errors`` maps a field's name to what is wrong with it; what concerns the whole is under ``""``.
    """
    body: dict[str, Any] = {"type": f"urn:rso:problem:{code}", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    if errors is not None:
        body["errors"] = dict(errors)
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    return response


def handle_problems(api: NinjaAPI, statuses: Mapping[str, int]) -> None:
    """Gives ``api`` our handlers. ``statuses`` adds to :data:`STATUS_OF_CODE`."""
    status_of = STATUS_OF_CODE | dict(statuses)

    def ours(request: HttpRequest, error: RsoError | type[RsoError]) -> HttpResponse:
        assert isinstance(error, RsoError)
        status = status_of.get(error.code, 409)
        return problem(status, error.code, _title(status), detail=error.message)

    def trouble(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, Exception)
        found = trouble_of(error)
        if found is None:
            raise error
        logger.error("%s: %s", found, type(error).__name__)
        answer = problem(found.status, found.value, _title(found.status))
        answer["Retry-After"] = str(found.retry_after_s)
        return answer

    api.add_exception_handler(RsoError, ours)
    for kind in (DatabaseError, InterfaceError, OSError):
        api.add_exception_handler(kind, trouble)
    api.add_exception_handler(FormRefused, _form)
    api.add_exception_handler(ValidationError, _schema)
    api.add_exception_handler(AuthenticationError, _sign_in)
    api.add_exception_handler(Throttled, _throttled)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(PermissionDenied, _denied)
    api.add_exception_handler(Http404, _absent)
    api.add_exception_handler(Exception, _defect)


def _title(status: int) -> str:
    titles = {
        400: _("The request cannot be read."),
        401: _("Sign in first."),
        403: _("You may not do this."),
        404: _("There is nothing here."),
        405: _("This address does not know this method."),
        409: _("This does not fit the present state."),
        413: _("This is too large."),
        415: _("This kind of content is not taken."),
        422: _("Some fields need another value."),
        429: _("Too many requests: wait a little."),
        500: _("Something went wrong on our side."),
        503: _("The database cannot be reached just now. Nothing was changed: try again in half a minute."),
        507: _("The disk of the server is full. Nothing was changed: tell the people who run this system."),
    }
    return titles.get(status, _("The request was refused."))


def _form(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(422, "form-refused", _title(422), errors=error.errors)


def _schema(request: HttpRequest, error: Any) -> HttpResponse:
    """What does not fit the signature of an operation: a path, a query, or a body that is no object."""
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        place = ".".join(str(part) for part in each.get("loc", ())[1:])
        errors.setdefault(place, []).append(str(each.get("msg", "")))
    return problem(422, "request-refused", _title(422), errors=errors)


def _sign_in(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(401, "sign-in-needed", _title(401))


def _throttled(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(429, "too-many", _title(429))


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    code = "unreadable-body" if error.status_code == 400 else f"http-{error.status_code}"
    return problem(error.status_code, code, _title(error.status_code))


def _denied(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(403, "not-allowed", _title(403))


def _absent(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "not-found", _title(404))


def _defect(request: HttpRequest, error: Any) -> HttpResponse:
    if settings.DEBUG or getattr(settings, "RSO_RAISE_IN_API", False):
        raise error
    logger.error("An operation of the interface failed: %s", type(error).__name__, exc_info=error)
    return problem(500, "defect", _title(500))
