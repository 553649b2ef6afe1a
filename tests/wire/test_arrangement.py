"""The arrangement: one encoding, one hash, in force only when every side has signed."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.parties import (
    AVARIA,
    BORDUNA,
    CESTRIA,
    DAY,
    FIRST,
    NOW,
    SECOND,
    THIRD,
    arrangement,
    directory,
    key,
    signature,
    signed,
)

from rso.wire import cbor, verify
from rso.wire.arrangement import Arrangement, draft
from rso.wire.directory import KeyEntry, KeyUse, Member, Status, Validity
from rso.wire.errors import MalformedError, WireError
from rso.wire.in_force import Ending, ForceStep, NotInForceError, PartySignature, SignedArrangement
from rso.wire.terms import LABELLED_DEFAULTS, ApprovalRule, OnwardRule, Party, PurposeTerm

CODES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?", fullmatch=True)
DAYS = st.integers(1, 3_650)


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    """Any arrangement between two or three agencies."""
    agencies = sorted([AVARIA, BORDUNA, *draw(st.lists(st.just(CESTRIA), max_size=1))])
    starts = draw(st.integers(0, 2**33))
    review = starts + draw(DAYS) * DAY
    return Arrangement(
        reference=draw(st.binary(min_size=16, max_size=16)),
        version=draw(st.integers(1, 10_000)),
        title="ข้อตกลง",
        parties=tuple(
            Party(agency, draw(CODES), "An invented act\nof two lines", draw(st.integers(1, 9)), 9, draw(st.booleans()))
            for agency in agencies
        ),
        purposes=tuple(
            PurposeTerm(purpose, tuple(sorted(draw(st.sets(CODES, max_size=5)))))
            for purpose in sorted(draw(st.sets(CODES, min_size=1, max_size=5)))
        ),
        modalities=tuple(sorted(draw(st.sets(CODES, min_size=1, max_size=3)))),
        services=tuple(sorted(draw(st.sets(CODES, min_size=1, max_size=3)))),
        probe_days=draw(DAYS),
        disclosure_days=draw(DAYS),
        onward=draw(st.sampled_from(OnwardRule)),
        response_hours=draw(st.integers(1, 8_760)),
        automatic_no_hit=draw(st.booleans()),
        automatic_low_quality=draw(st.booleans()),
        disclosure_approval=draw(st.sampled_from(ApprovalRule)),
        quality_floor=draw(st.integers(0, 100)),
        dpia=draw(st.sampled_from(("", "Register 12/2026"))),
        cover_per_day=draw(st.integers(0, 10)),
        answer_tick_s=draw(st.integers(1, 3_600)),
        starts=starts,
        review=review,
        ends=review + draw(st.integers(0, 10**8)),
    )


# ---------------------------------------------------------------- the document


@given(arrangements())
def test_what_is_encoded_is_read_back(document: Arrangement) -> None:
    assert Arrangement.decode(document.encode()) == document
    assert Arrangement.decode(document.encode()).digest() == document.digest()


@given(st.binary(max_size=300))
def test_noise_raises_our_errors_only(data: bytes) -> None:
    for read in (Arrangement.decode, SignedArrangement.decode, PartySignature.decode, Ending.decode):
        with pytest.raises(WireError):
            read(data)


@settings(max_examples=300)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_is_another_arrangement(place: int, value: int) -> None:
    data = bytearray(arrangement().encode())
    data[place % len(data)] = value
    if bytes(data) == arrangement().encode():
        return
    try:
        changed = Arrangement.decode(bytes(data))
    except WireError:
        return
    assert changed.digest() != arrangement().digest()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.binary(max_size=20) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400)
@given(st.data())
def test_any_value_in_any_field_raises_our_errors_only(data: st.DataObject) -> None:
    plain = cbor.decode(arrangement().encode(), limit=1 << 20)
    assert isinstance(plain, dict)
    plain[data.draw(st.sampled_from(sorted(plain)))] = data.draw(VALUES)
    try:
        encoded = cbor.encode(plain)
        Arrangement.decode(encoded)
    except (WireError, UnicodeEncodeError):
        return
    assert Arrangement.decode(encoded).encode() == encoded


@pytest.mark.parametrize("field", [field.name for field in fields(Arrangement)])
def test_every_term_is_in_the_hash(field: str) -> None:
    document = arrangement()
    value = getattr(document, field)
    changes: dict[type, object] = {
        bool: lambda: not value,
        int: lambda: value + 1,
        str: lambda: value + "x",
        bytes: lambda: bytes(16),
        OnwardRule: lambda: OnwardRule.NEVER,
        ApprovalRule: lambda: ApprovalRule.TWO_PERSONS,
    }
    others = {
        "parties": (*document.parties[:1], replace(document.parties[1], unknown_origin=True)),
        "purposes": document.purposes[:1],
        "modalities": ("face", "fingerprint"),
        "services": document.services[:1],
    }
    changed = others[field] if field in others else changes[type(value)]()  # type: ignore[operator]
    assert replace(document, **{field: changed}).digest() != document.digest()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parties", arrangement().parties[:1]),
        ("parties", arrangement().parties[::-1]),
        ("parties", arrangement().parties[:1] * 2),
        ("purposes", ()),
        ("purposes", arrangement().purposes[::-1]),
        ("modalities", ("Finger",)),
        ("services", ("b", "a")),
        ("quality_floor", 101),
        ("quality_floor", True),
        ("answer_tick_s", 0),
        ("probe_days", 0),
        ("ends", NOW - 20 * DAY),
        ("reference", b"short"),
        ("title", ""),
        ("title", "a\nb"),
    ],
)
def test_terms_that_cannot_be_are_refused(field: str, value: object) -> None:
    with pytest.raises(MalformedError):
        replace(arrangement(), **{field: value})  # type: ignore[arg-type]


def test_a_draft_takes_every_term_from_the_labelled_defaults() -> None:
    document = arrangement()
    named = {**{name: getattr(document, name, None) for name in LABELLED_DEFAULTS}}
    party = document.parties[0]
    named |= {name: getattr(party, name) for name in ("signers", "asks_per_day", "unknown_origin")}
    named["purposes"] = tuple(term.purpose for term in document.purposes)
    named["fields"] = document.fields_for("identity-fraud")
    named["review_days"] = (document.review - document.starts) // DAY
    named["term_days"] = (document.ends - document.starts) // DAY
    assert named == {name: default.value for name, default in LABELLED_DEFAULTS.items()}


def test_no_default_is_called_policy() -> None:
    assert {default.label for default in LABELLED_DEFAULTS.values()} <= {"product-default", "analogue"}
    assert all(default.source for default in LABELLED_DEFAULTS.values())


def test_a_protected_person_of_unknown_origin_may_not_be_asked_about_by_default() -> None:
    assert LABELLED_DEFAULTS["unknown_origin"].value is False
    assert not any(party.unknown_origin for party in arrangement().parties)


def test_it_answers_what_it_covers() -> None:
    document = arrangement()
    assert document.allows_purpose("identity-fraud")
    assert not document.allows_purpose("curiosity")
    assert document.fields_for("curiosity") == ()
    assert document.allows_modality("fingerprint")
    assert not document.allows_modality("face")
    assert document.allows_service("written-request")
    assert document.party(CESTRIA) is None
    assert document.agencies() == {AVARIA, BORDUNA}


def test_a_draft_needs_two_parties() -> None:
    with pytest.raises(MalformedError):
        draft(reference=bytes(16), title="Alone", parties=arrangement().parties[:1], starts=NOW)


# ---------------------------------------------------------------- in force


def test_in_force_when_two_persons_of_each_side_have_signed() -> None:
    checked = signed().check(directory())
    checked.verify_in_force(NOW)
    assert checked.in_force(NOW)
    assert checked.reason_not_in_force(NOW) is None
    assert checked.digest == signed().arrangement.digest()


def test_it_serves_as_the_terms_that_verification_asks() -> None:
    terms: verify.Terms = signed().check(directory())
    assert terms.in_force(NOW)
    assert terms.agencies() == {AVARIA, BORDUNA}
    assert terms.allows_purpose("identity-fraud")


@pytest.mark.parametrize("missing", range(4))
def test_one_signature_missing_is_not_enough(missing: int) -> None:
    given_ = [item for place, item in enumerate(signed().signatures) if place != missing]
    checked = replace(signed(), signatures=tuple(given_)).check(directory())
    with pytest.raises(NotInForceError) as caught:
        checked.verify_in_force(NOW)
    assert caught.value.step is ForceStep.SIGNATURES
    assert caught.value.code == "not-signed"


def _with_last_replaced(item: PartySignature) -> str | None:
    whole = replace(signed(), signatures=(*signed().signatures[:3], item))
    return whole.check(directory()).reason_not_in_force(NOW)


def test_one_person_signing_twice_counts_once() -> None:
    assert _with_last_replaced(signature(arrangement(), BORDUNA, FIRST)) == "not-signed"
    assert _with_last_replaced(signature(arrangement(), BORDUNA, THIRD)) is None


@pytest.mark.parametrize("by", [f"{AVARIA} agency", f"{BORDUNA} node", "nobody"])
def test_a_key_that_is_not_the_partys_agency_key_does_not_count(by: str) -> None:
    assert _with_last_replaced(signature(arrangement(), BORDUNA, SECOND, by=by)) == "not-signed"


def test_a_signature_carried_over_does_not_count() -> None:
    item = signed().signatures[3]
    for changed in (
        replace(item, signed=item.signed + 1),
        replace(item, seat=THIRD),
        replace(item, agency=AVARIA),
        replace(item, signature=item.signature[:-1] + bytes([item.signature[-1] ^ 1])),
    ):
        assert _with_last_replaced(changed) == "not-signed"


def test_signatures_of_another_version_do_not_belong() -> None:
    other = replace(arrangement(), version=2)
    with pytest.raises(MalformedError) as caught:
        SignedArrangement(other).with_signature(signed().signatures[0])
    assert caught.value.code == "other-arrangement"
    smuggled = SignedArrangement(other, signed().signatures)
    assert smuggled.check(directory()).reason_not_in_force(NOW) == "not-signed"


def test_only_a_party_signs() -> None:
    with pytest.raises(MalformedError):
        signature(arrangement(), CESTRIA, FIRST)


@pytest.mark.parametrize(
    "validity",
    [Validity(NOW - 100 * DAY, NOW - 50 * DAY), Validity(NOW), Validity(NOW - 100 * DAY, revoked=NOW - DAY)],
    ids=["over before", "not yet", "revoked later"],
)
def test_the_key_must_have_been_good_and_not_revoked_since(validity: Validity) -> None:
    entries = [
        replace(entry, validity=validity) if entry.holder == BORDUNA and entry.use is KeyUse.AGENCY else entry
        for entry in directory().keys
    ]
    checked = signed().check(directory(keys=tuple(entries)))
    assert checked.reason_not_in_force(NOW) == "not-signed"


def test_a_key_that_has_run_out_since_still_counts() -> None:
    entries: list[KeyEntry] = [
        replace(entry, validity=Validity(NOW - 100 * DAY, NOW - DAY)) for entry in directory().keys
    ]
    assert signed().check(directory(keys=tuple(entries))).in_force(NOW)


def test_it_begins_and_is_over_by_its_dates() -> None:
    checked = signed().check(directory())
    document = checked.arrangement
    assert checked.first_failure(document.starts - 1) is ForceStep.BEGUN
    assert checked.in_force(document.starts)
    assert checked.in_force(document.ends - 1)
    assert checked.first_failure(document.ends) is ForceStep.NOT_OVER


@pytest.mark.parametrize("agency", [AVARIA, BORDUNA])
def test_either_party_ends_it_at_once_and_alone(agency: object) -> None:
    who = AVARIA if agency == AVARIA else BORDUNA
    ending = Ending.make(arrangement(), who, FIRST, NOW, "no-longer-needed", key(f"{who} agency"))
    checked = signed().with_ending(Ending.decode(ending.encode())).check(directory())
    assert checked.in_force(NOW - 1)
    assert checked.reason_not_in_force(NOW) == "ended"


def test_nobody_else_ends_it() -> None:
    forged = Ending.make(arrangement(), AVARIA, FIRST, NOW - DAY, "a-reason", key(f"{CESTRIA} agency"))
    assert signed().with_ending(forged).check(directory()).in_force(NOW)
    with pytest.raises(MalformedError):
        Ending.make(arrangement(), CESTRIA, FIRST, NOW, "a-reason", key(f"{CESTRIA} agency"))


def test_a_verified_message_ends_it_too() -> None:
    assert signed().check(directory(), ended=NOW).reason_not_in_force(NOW) == "ended"


def test_a_member_that_does_not_take_part_is_in_no_arrangement() -> None:
    members = (Member("XAV", "Avaria"), Member("XBD", "Borduna", status=Status.SUSPENDED), Member("XCS", "C"))
    checked = signed().check(directory(members=members))
    assert checked.first_failure(NOW) is ForceStep.PARTIES
    assert checked.reason_not_in_force(NOW) == "party-not-active"


def test_all_of_it_travels_as_one_file() -> None:
    ending = Ending.make(arrangement(), AVARIA, FIRST, NOW, "review-failed", key(f"{AVARIA} agency"))
    whole = signed().with_ending(ending)
    assert SignedArrangement.decode(whole.encode()) == whole
    assert PartySignature.decode(whole.signatures[0].encode()) == whole.signatures[0]
