"""An interface that denies by default, and can say of every operation who may use it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja import Router as NinjaRouter
from ninja.constants import NOT_SET
from ninja.errors import ConfigError
from ninja.security import APIKeyCookie
from ninja.security.base import AuthBase

from rso.base.errors import RsoError
from rso.rest.problems import handle_problems

Admitted = Callable[[SessionBase], bool]
PUBLIC = "public"


class _ForgeryCheck(CsrfViewMiddleware):
    """Django's own check, without the page that it answers with."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden()


def _refuse_forged(request: HttpRequest) -> None:
    def unused(_request: HttpRequest) -> HttpResponse:
        raise AssertionError("the check alone is asked")

    vars(request)["csrf_processing_done"] = False  # routes of an interface are exempt before
    check = _ForgeryCheck(unused)
    check.process_request(request)
    if check.process_view(request, unused, (), {}) is not None:
        raise RsoError("forgery-token-missing", "Send the token of the cookie in the header X-CSRFToken.")


class SessionAuth(APIKeyCookie):
    """A browser's session, with the token against forgery on whatever writes, and both factors shown."""

    def __init__(self, admitted: Admitted) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        self._admitted = admitted
        super().__init__(csrf=False)  # checked below, without rendering a page

    def _get_key(self, request: HttpRequest) -> str | None:
        key = super()._get_key(request)
        if key is not None:
            _refuse_forged(request)
        return key

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        if not request.user.is_authenticated:
            return None
        if not self._admitted(request.session):
            raise RsoError("second-factor-missing", "Show your second factor in the browser first.")
        return request.user


class PublicAuth(AuthBase):
    """Anybody. A request that brings a session still brings the token, since it acts as that person."""

    openapi_type = ""

    def __call__(self, request: HttpRequest) -> bool:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _refuse_forged(request)
        return True


class Router(NinjaRouter):
    """A router that takes guarded operations only: ``@router.get(...)`` stands over ``@needs(...)``."""

    def add_api_operation(self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any) -> None:
        guard = getattr(view_func, "rso_guard", None)
        if not guard:
            raise ConfigError(f"{view_func.__qualname__} does not say who may use it")
        if options.get("auth", NOT_SET) is None:
            raise ConfigError(f"{view_func.__qualname__} switches sign-in off; its guard would be {PUBLIC!r}")
        if guard == PUBLIC:
            options["auth"] = [PublicAuth()]
        # Annotations are texts here; they are resolved in the module of the function, not of its guard.
        # ninja reads the signature from this attribute of a function
        vars(view_func)["__signature__"] = inspect.signature(view_func, eval_str=True)  # read by ninja
        super().add_api_operation(path, methods, view_func, **options)


@dataclass(frozen=True)
class Operation:
    """What the house test walks: an operation and its guard (a permission, ``signed-in`` or ``public``)."""

    method: str
    path: str
    name: str
    guard: str


class Api(NinjaAPI):
    """Made by :func:`make_api`. Its routes carry ``rso_guard`` like every other route of the house."""

    def operations(self) -> list[Operation]:
        """Every operation with its guard."""
        return [
            # every guard sets this attribute
            Operation(method, f"{bound.prefix}{path}", each.view_func.__name__, vars(each.view_func)["rso_guard"])
            for bound in self._get_bound_routers()
            for path, view in bound.path_operations.items()
            for each in view.operations
            for method in each.methods
        ]

    def add_router(self, prefix: str, router: NinjaRouter | str, **options: Any) -> None:
        if not isinstance(router, Router):
            raise ConfigError("use rso.rest.api.Router, which asks every operation for its guard")
        super().add_router(prefix, router, **options)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        urls = super()._get_urls()
        guards: dict[str, set[str]] = {}
        for each in self.operations():
            guards.setdefault(each.name, set()).add(f"{each.method} {each.guard}")
        for url in urls:
            if isinstance(url, URLPattern):
                view: Any = url.callback
                # Sign-in is asked here, with a 401 for programs, not by a redirect to a page.
                view.login_required = False
                view.rso_guard = "; ".join(sorted(guards.get(url.name or "", {PUBLIC})))
        return urls


def make_api(
    *,
    title: str,
    version: str,
    namespace: str,
    admitted: Admitted,
    description: str = "",
    auth: Sequence[Callable[[HttpRequest], Any]] = (),
    statuses: Mapping[str, int] | None = None,
) -> Api:
    """An interface with session sign-in, problem answers and ``openapi.json``; it has no page of another host.

    ``admitted`` says whether a signed-in session is complete (both factors; it lives on a floor above).
    ``auth`` adds other ways in, as bearer tokens, asked before the session. ``statuses`` gives the HTTP
    status of further error codes.
    """
    api = Api(
        title=title,
        version=version,
        description=description,
        urls_namespace=namespace,
        docs_url=None,
        openapi_url="/openapi.json",
        auth=[*auth, SessionAuth(admitted)],
        default_router=Router(),
    )
    handle_problems(api, statuses or {})
    return api
