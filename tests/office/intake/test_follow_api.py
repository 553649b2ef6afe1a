"""What comes of enquiries, the desk and the notices, through the interface for programs."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.office.conftest import NOW, Browser
from tests.office.intake.test_becoming import COURSE, PARTY
from tests.office.intake.test_intake import confirmed

from rso.accounts.models import Organisation, User
from rso.notices.models import Notice, Wish
from rso.office.intake.models import Enquiry, Step

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, body: object = None, status: int = 200):  # type: ignore[no-untyped-def]
    answer = client.post(f"/api/{path}", body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def test_from_an_enquiry_to_an_organisation_and_back(browser: Browser, people: dict[str, User]) -> None:
    staff, enquiry = browser("staff"), confirmed()
    here = f"enquiries/{enquiry.pk}"
    made = post(staff, f"{here}/organisation", PARTY, 201)
    assert made == {"kind": "organisation", "key": str(Organisation.objects.get(code="HARBOUR").pk)}
    refused = post(staff, f"{here}/organisation", PARTY, 409)
    assert refused["code"] == "code-in-use"
    (came,) = staff.get(f"/api/{here}").json()["came_of_it"]
    assert (came["kind"], came["title"]) == ("organisation", PARTY["name"])
    post(staff, f"{here}/came-of-it/{came['id']}/undo", status=204)
    assert staff.get(f"/api/{here}").json()["came_of_it"] == []
    post(staff, f"{here}/organisation", PARTY | {"kind": "state"}, 422)
    for name in ("party", "official", "steering"):
        post(browser(name), f"{here}/organisation", PARTY, 403)
    colleague = str(people["administrator"].opaque)
    post(staff, f"{here}/assign", {"owner": colleague, "due_on": "2099-01-01"}, 204)
    post(staff, f"{here}/assign", {"owner": str(people["official"].opaque), "due_on": "2099-01-01"}, 422)
    post(staff, f"{here}/notes", {"note": "Ask first."}, 204)
    assert Enquiry.objects.get().owner == people["administrator"]
    assert Step.objects.filter(move="note", note="Ask first.").exists()
    late = staff.get("/api/enquiries?late=true").json()
    assert late["total"] == 0
    assert staff.get("/api/enquiries?nobody=true").json()["total"] == 0


def test_secondments_and_listings(browser: Browser) -> None:
    staff, enquiry = browser("staff"), confirmed()
    offer = {"offered_by": "Cestria", "discipline": "Training"}
    made = post(staff, f"enquiries/{enquiry.pk}/secondment", offer, 201)
    assert post(staff, f"secondments/{made['id']}/move", {"move": "place"}, 409)["code"] == "wrong-secondment-move"
    assert post(staff, f"secondments/{made['id']}/move", {"move": "consider"})["state"] == "under-consideration"
    assert staff.get("/api/secondments?state=under-consideration&q=train").json()["total"] == 1
    listed = post(staff, f"enquiries/{enquiry.pk}/listing", COURSE, 201)
    assert post(staff, f"listings/{listed['id']}/confirm")["state"] == "confirmed"
    assert staff.get("/api/listings?lapsed=true").json()["total"] == 0
    assert post(staff, f"listings/{listed['id']}/withdraw")["state"] == "withdrawn"
    for path in ("secondments", "listings"):
        assert browser("party").get(f"/api/{path}").status_code == 403
        assert Client().get(f"/api/{path}").status_code == 401


def test_ones_own_desk_and_notices(browser: Browser, people: dict[str, User]) -> None:
    staff = browser("staff")
    confirmed()
    waits = {pile["code"]: pile for pile in staff.get("/api/desk").json()}
    assert waits["intake:of-nobody"]["count"] == 1
    assert waits["intake:of-nobody"]["things"][0]["title"] == "Harbour Foundation (synthetic)"
    assert browser("party").get("/api/desk").json() == []
    (notice,) = staff.get("/api/notices?group=enquiries&unread=true").json()["items"]
    assert (notice["reference"], notice["is_read"]) == (Enquiry.objects.get().reference, False)
    theirs = Notice.objects.create(user=people["administrator"], kind="x", title="x", path="/x/", created_at=NOW)
    assert post(staff, "notices/read", {"ids": [theirs.pk]}) == {"changed": 0}
    assert post(staff, "notices/read") == {"changed": 1}
    wishes = staff.get("/api/notices/wishes").json()["wishes"]
    assert wishes == {"enquiries": "now", "proposals": "now", "other": "now"}
    answer = staff.put("/api/notices/wishes", {"wishes": {"enquiries": "weekly"}}, content_type="application/json")
    assert answer.status_code == 204
    assert Wish.objects.get(user=people["staff"], group="enquiries").manner == "weekly"
    assert (
        staff.put("/api/notices/wishes", {"wishes": {"x": "weekly"}}, content_type="application/json").status_code
        == 409
    )
    assert Client().get("/api/desk").status_code == 401
