"""An interface made with the kit, asked as a browser and as a program would."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client
from django.urls import Resolver404, get_resolver, path, resolve
from ninja import Query, Schema, Status
from ninja import Router as PlainRouter
from ninja.errors import ConfigError

from rso.accounts import rules
from rso.accounts.factors import has_second_factor, mark_demonstration
from rso.accounts.guards import needs, public, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import User
from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.rest.api import Operation, Router, make_api
from rso.rest.forms import FormRefused, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PERMISSION = "tests:thing:make"


class ThingForm(forms.Form):
    """Every kind of field whose JSON differs from what a browser sends."""

    title = forms.CharField(max_length=20)
    amount = forms.DecimalField(max_digits=8, decimal_places=2, required=False)
    on = forms.DateField(required=False)
    urgent = forms.BooleanField(required=False)
    themes = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("title") == "forbidden":
            raise forms.ValidationError("Not this one.")
        return given


class Thing(Schema):
    title: str


ThingBody = body_of(ThingForm)


def _api():  # type: ignore[no-untyped-def]
    api = make_api(title="Things", version="1", namespace="things", admitted=has_second_factor, statuses={"gone": 410})

    @api.get("/open", response=Thing)
    @public
    def look(request: HttpRequest) -> Thing:
        return Thing(title="open")

    @api.post("/open", response=Thing)
    @public
    def write_openly(request: HttpRequest, body: ThingBody) -> Thing:  # type: ignore[valid-type]
        return Thing(title=from_form(ThingForm, body).cleaned_data["title"])

    @api.get("/mine", response=Thing)
    @signed_in
    def mine(request: ActorRequest) -> Thing:
        return Thing(title=request.user.name)

    @api.post("/things", response={201: Thing})
    @needs(PERMISSION)
    def make(request: ActorRequest, body: ThingBody) -> Status[Thing]:  # type: ignore[valid-type]
        return Status(201, Thing(title=from_form(ThingForm, body).cleaned_data["title"]))

    @api.get("/people", response=Page[Thing])
    @signed_in
    def people(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
        return page_of(User.objects.order_by("email"), paging, lambda user: Thing(title=user.name))

    @api.get("/fail/{kind}")
    @public
    def fail(request: HttpRequest, kind: str) -> None:
        raise {
            "rule": RsoError("wrong-state", "It is decided already."),
            "gone": RsoError("gone", "It went away."),
            "denied": PermissionDenied("x"),
            "absent": Http404("secret words"),
            "defect": ZeroDivisionError("secret words"),
        }[kind]

    return api


API = _api()
urlpatterns = [path("api/", API.urls)]


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_TABLE", dict(rules.table()))
    enter(PERMISSION, {Role.CO_MANAGER})


@pytest.fixture
def person(client: Client, settings) -> Client:  # type: ignore[no-untyped-def]
    """A browser signed in with both factors, and the check against forgery on."""
    settings.RSO_DEMONSTRATION = True
    user = User.objects.create_user(email="mira@avaria.example", name="Mira Sol", is_synthetic=True)
    made = Client(enforce_csrf_checks=True)
    made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = made.session
    mark_demonstration(session)
    session.save()
    return made


def send(client: Client, address: str, body: object, **headers: str) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def token(client: Client, settings) -> str:  # type: ignore[no-untyped-def]
    value = "a" * 32
    client.cookies[settings.CSRF_COOKIE_NAME] = value
    return value


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status
    assert body["type"] == f"urn:rso:problem:{body['code']}"
    assert body["title"]
    return body


# ---------------------------------------------------------------- deny by default
def test_an_operation_without_a_guard_is_a_defect_at_the_start() -> None:
    api = make_api(title="x", version="1", namespace="x1", admitted=has_second_factor)
    with pytest.raises(ConfigError, match="who may use it"):

        @api.get("/open")
        def forgotten(request: HttpRequest) -> None: ...


def test_sign_in_cannot_be_switched_off_behind_the_guards_back() -> None:
    api = make_api(title="x", version="1", namespace="x2", admitted=has_second_factor)
    with pytest.raises(ConfigError, match="switches sign-in off"):

        @api.get("/mine", auth=None)
        @signed_in
        def mine(request: ActorRequest) -> None: ...

    with pytest.raises(ConfigError, match=r"rso\.rest\.api\.Router"):
        api.add_router("/more", PlainRouter())
    api.add_router("/more", Router())


def test_every_operation_and_every_route_says_who_may_use_it() -> None:
    assert Operation("POST", "/things", "make", PERMISSION) in API.operations()
    assert {each.guard for each in API.operations()} == {"public", "signed-in", PERMISSION}
    (resolver,) = get_resolver(__name__).url_patterns
    for pattern in resolver.url_patterns:
        assert pattern.callback.rso_guard, pattern
    guards = {pattern.name: pattern.callback.rso_guard for pattern in resolver.url_patterns}
    assert guards["make"] == f"POST {PERMISSION}"


def test_a_program_gets_401_and_no_redirect(client: Client) -> None:
    assert problem_of(client.get("/api/mine"), 401)["code"] == "sign-in-needed"


def test_one_factor_is_not_enough(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.RSO_DEMONSTRATION = False
    user = User.objects.create_user(email="mira@avaria.example", name="Mira Sol")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert problem_of(client.get("/api/mine"), 403)["code"] == "second-factor-missing"


def test_who_lacks_the_permission_is_told_so(person: Client, settings) -> None:  # type: ignore[no-untyped-def]
    answer = send(person, "/api/things", {"title": "x"}, **{"X-CSRFToken": token(person, settings)})
    assert problem_of(answer, 403)["code"] == "not-allowed"


def test_a_session_writes_only_with_the_token_even_where_anybody_may(person: Client, settings) -> None:  # type: ignore[no-untyped-def]
    assert person.get("/api/mine").json() == {"title": "Mira Sol"}
    assert problem_of(send(person, "/api/things", {"title": "x"}), 403)["code"] == "forgery-token-missing"
    assert problem_of(send(person, "/api/open", {"title": "x"}), 403)["code"] == "forgery-token-missing"
    allowed = send(person, "/api/open", {"title": "x"}, **{"X-CSRFToken": token(person, settings)})
    assert allowed.json() == {"title": "x"}
    assert send(Client(enforce_csrf_checks=True), "/api/open", {"title": "x"}).status_code == 200


# ---------------------------------------------------------------- problems
@pytest.mark.parametrize(
    ("kind", "status", "code", "detail"),
    [
        ("rule", 409, "wrong-state", "It is decided already."),
        ("gone", 410, "gone", "It went away."),
        ("denied", 403, "not-allowed", None),
        ("absent", 404, "not-found", None),
    ],
)
def test_every_error_has_one_form(client: Client, kind: str, status: int, code: str, detail: str | None) -> None:
    problem = problem_of(client.get(f"/api/fail/{kind}"), status)
    assert (problem["code"], problem.get("detail")) == (code, detail)
    assert "secret" not in str(problem)


def test_a_defect_says_nothing_of_itself(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert problem_of(client.get("/api/fail/defect"), 500)["code"] == "defect"
    assert "ZeroDivisionError" in caplog.text


def test_a_body_that_is_no_json_is_a_problem_too(client: Client) -> None:
    answer = client.post("/api/open", b"{", content_type="application/json")
    assert problem_of(answer, 400)["code"] == "unreadable-body"


# ---------------------------------------------------------------- the form is the input
def test_the_messages_are_the_forms_own(client: Client) -> None:
    answer = send(client, "/api/open", {"title": "x" * 21, "amount": "much", "on": "2026-02-30", "themes": ["c"]})
    page = ThingForm({"title": "x" * 21, "amount": "much", "on": "2026-02-30", "themes": ["c"]})
    assert problem_of(answer, 422)["errors"] == {name: list(said) for name, said in page.errors.items()}


def test_what_concerns_the_whole_stands_under_the_empty_name(client: Client) -> None:
    assert problem_of(send(client, "/api/open", {"title": "forbidden"}), 422)["errors"] == {"": ["Not this one."]}


@pytest.mark.parametrize("body", [[], "x", 7, True])
def test_a_body_that_is_no_object_is_refused(client: Client, body: object) -> None:
    assert problem_of(send(client, "/api/open", body), 422)["code"] == "request-refused"


def test_json_values_become_what_a_browser_sends() -> None:
    form = from_form(
        ThingForm,
        {"title": 7, "amount": 12.5, "on": "2026-11-23", "urgent": True, "themes": ["a", "b"]},
    )
    assert form.cleaned_data["title"] == "7"
    assert str(form.cleaned_data["amount"]) == "12.5"
    assert form.cleaned_data["on"].isoformat() == "2026-11-23"
    assert form.cleaned_data["urgent"] is True
    assert form.cleaned_data["themes"] == ["a", "b"]
    assert from_form(ThingForm, {"title": "x", "urgent": False, "on": None}).cleaned_data["urgent"] is False


@pytest.mark.parametrize(
    "body", [{"title": "x", "tilte": "y"}, {"title": {"a": 1}}, {"title": "x", "themes": [{"a": 1}]}]
)
def test_unknown_names_and_nested_values_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(FormRefused) as refused:
        from_form(ThingForm, body)
    assert len(refused.value.errors) == 1


def test_a_partial_body_keeps_what_it_does_not_name() -> None:
    before = {"title": "kept", "themes": ["a"], "urgent": True}
    form = from_form(ThingForm, {"amount": "3"}, partial=True, initial=before)
    assert {k: form.cleaned_data[k] for k in before} == before
    with pytest.raises(FormRefused):
        from_form(ThingForm, {"amount": "3"}, initial=before)


# ---------------------------------------------------------------- lists and description
def test_pages(person: Client) -> None:
    for number in range(4):
        User.objects.create_user(email=f"{number}@avaria.example", name=str(number))
    first = person.get("/api/people", {"size": 2}).json()
    assert first == {"items": [{"title": "0"}, {"title": "1"}], "page": 1, "pages": 3, "total": 5}
    assert person.get("/api/people", {"size": 2, "page": 9}).json()["items"] == []
    for wrong in ({"size": 0}, {"size": 10_000}, {"page": -1}, {"page": "x"}):
        assert problem_of(person.get("/api/people", wrong), 422)["errors"]


def test_the_description_is_local_and_names_every_field_of_the_form(client: Client) -> None:
    described = client.get("/api/openapi.json")
    assert described.status_code == 200
    schema = described.json()
    fields = schema["components"]["schemas"]["ThingBody"]["properties"]
    assert set(fields) == set(ThingForm.base_fields)
    assert fields["title"]["maxLength"] == 20
    assert (fields["urgent"]["type"], fields["on"]["format"]) == ("boolean", "date")
    with pytest.raises(Resolver404):
        resolve("/api/docs", __name__)
    assert "cdn" not in described.content.decode()
