"""Any request at all that a member's node may sign: it is answered or refused with our codes, and never breaks."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.relay import region
from tests.relay.region import ARRANGEMENT, AVARIA, Node, body, sealed, submission
from tests.wire.test_parsers_deep import harmed

from rso.relay.models import LogHead
from rso.wire import cbor
from rso.wire.epochs import Epoch
from rso.wire.keyrecords import EncryptionKeyRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("agreed")]
often = settings(max_examples=60, suppress_health_check=list(HealthCheck))

_KEY = region.opening_key(AVARIA, Epoch.of(region.now())).public
#: Method, address and a body that is good; each is then damaged.
BODIES: dict[str, tuple[str, str, Any]] = {
    "submissions": ("POST", "/v1/submissions", {"items": [submission(sealed()), submission(sealed())]}),
    "acknowledgements": ("POST", "/v1/acknowledgements", {"ids": [bytes(16), bytes(range(16))]}),
    "keys": (
        "PUT",
        "/v1/keys",
        cbor.decode(EncryptionKeyRecord.issue(AVARIA, _KEY, region.key(f"{AVARIA} node")).encode(), limit=10**5),
    ),
    "arrangement": (
        "PUT",
        f"/v1/arrangements/{ARRANGEMENT.hex()}",
        cbor.decode(region.registration().encode(), limit=10**5),
    ),
    "end": ("POST", f"/v1/arrangements/{bytes(32).hex()}/end", {}),
    "contact": ("POST", "/v1/contact", {}),
}
NUMBERS = st.sampled_from(
    ["", "0", "-1", "1", "007", "٣", "1e3", "NaN", "9" * 30, str(2**63), str(2**64), "1 ", "\x00"]
)
QUERIES = {
    "/v1/mailbox": ("limit", "wait"),
    "/v1/bell": ("wait", "limit"),
    "/v1/states": ("ids", "limit"),
    "/v1/log/proof/0": ("size", "index"),
    "/v1/log/consistency": ("old", "new"),
}
PATHS = ("/v1/log/tile/{}", "/v1/log/proof/{}", "/v1/keys/{}/GOV/BORDER", "/v1/keys/XAV/{}/{}", "/v1/arrangements/{}")


def fine(answer: HttpResponse) -> None:
    """Below 500, and where it is a refusal of ours, with exactly our fields."""
    assert answer.status_code < 500
    if answer.status_code >= 400 and answer.headers["Content-Type"] == "application/cbor":
        assert set(body(answer)) == {"code", "message", "now", "retry_after"}


@pytest.mark.parametrize("name", sorted(set(BODIES) - {"end"}))
def test_undamaged_it_is_answered(avaria: Node, name: str) -> None:
    """Otherwise the damage below would be to something that nobody reads."""
    method, address, plain = BODIES[name]
    assert avaria.send(method, address, cbor.encode(plain)).status_code == 200


@pytest.mark.parametrize("name", BODIES)
@often
@given(draw=st.data())
def test_a_body_with_one_wrong_value_anywhere(avaria: Node, name: str, draw: st.DataObject) -> None:
    method, address, plain = BODIES[name]
    try:
        data = cbor.encode(harmed(draw, plain))
    except (TypeError, UnicodeEncodeError):
        return  # nothing that can be written
    fine(avaria.send(method, address, data))


@pytest.mark.parametrize("name", BODIES)
@often
@given(data=st.binary(max_size=200))
def test_a_body_of_random_bytes(avaria: Node, name: str, data: bytes) -> None:
    method, address, _plain = BODIES[name]
    before = list(LogHead.objects.values_list("size"))
    fine(avaria.send(method, address, data))
    assert list(LogHead.objects.values_list("size")) == before


@pytest.mark.parametrize("address", QUERIES)
@often
@given(draw=st.data())
def test_any_query(avaria: Node, address: str, draw: st.DataObject) -> None:
    values = NUMBERS | st.text(max_size=70) | st.sampled_from(["a" * 32, "A" * 32, ",".join(["0" * 32] * 300), ","])
    given_ = {name: draw.draw(values) for name in QUERIES[address] if draw.draw(st.booleans())}
    if given_.get("wait", "").isdigit():
        given_["wait"] = "0"  # nobody waits in a test
    fine(avaria.get(f"{address}?{urlencode(given_, errors='replace')}"))


@pytest.mark.parametrize("address", PATHS)
@often
@given(draw=st.data())
def test_any_path(avaria: Node, address: str, draw: st.DataObject) -> None:
    part = NUMBERS | st.text(max_size=40) | st.sampled_from(["0/000", "entries/000.p/1", "x/x001/067", "../key", "%2e"])
    filled = address.replace("{}", quote(draw.draw(part).encode("utf-8", "replace"), safe="/"))
    fine(avaria.get(filled))
