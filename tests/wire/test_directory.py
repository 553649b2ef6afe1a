"""The directory: a key's whole history, the responsible states, and which file of it to believe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.parties import AVARIA, BORDUNA, CESTRIA, DAY, NOW, directory, key

from rso.wire import cbor, verify
from rso.wire.checkpoint import NoteVerifier
from rso.wire.countries import DOCUMENT_CODES, ISO_3166_1, NOT_A_COUNTRY, UnknownCountryError, country
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, LogEntry, Member, MemberKind, Status, Validity
from rso.wire.errors import MalformedError, WireError
from rso.wire.identifiers import AgencyId
from rso.wire.responsibility import Responsibility, ResponsibilityTable
from rso.wire.trust import (
    Believed,
    DirectoryRefusedError,
    RootSignature,
    SignedDirectory,
    TrustAnchor,
    TrustStep,
    accept_directory,
    open_directory,
)

ROOTS = [key(f"root {number}") for number in (1, 2, 3)]
ANCHOR = TrustAnchor.of([root.public for root in ROOTS])


def file(content: Directory | None = None, *by: int) -> SignedDirectory:
    """A directory signed by some of the roots, the first two if none are named."""
    whole = SignedDirectory((content or directory()).encode())
    for number in by or (0, 1):
        whole = whole.signed_by(ROOTS[number])
    return whole


# ---------------------------------------------------------------- content


def test_what_is_encoded_is_read_back() -> None:
    log = LogEntry(NoteVerifier("relay.example/log", bytes(32)), Validity(NOW))
    office = Member("UNHCR", "An organisation", MemberKind.ORGANISATION)
    full = directory(logs=(log,), members=(*directory().members, office))
    assert Directory.decode(full.encode()) == full


@given(st.binary(max_size=400))
def test_noise_raises_our_errors_only(data: bytes) -> None:
    for read in (Directory.decode, SignedDirectory.decode, TrustAnchor.decode):
        with pytest.raises(WireError):
            read(data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.binary(max_size=20) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.data())
def test_any_value_anywhere_raises_our_errors_only(data: st.DataObject) -> None:
    plain = cbor.decode(directory().encode(), limit=1 << 20)
    place = plain
    while isinstance(place, (dict, list)) and place:
        where = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[where], (dict, list)) or data.draw(st.booleans()):
            place[where] = data.draw(VALUES)
            break
        place = place[where]
    try:
        encoded = cbor.encode(plain)
        Directory.decode(encoded)
    except (WireError, UnicodeEncodeError):
        return
    assert Directory.decode(encoded).encode() == encoded


def _doubled(name: str) -> dict[str, object]:
    return {name: getattr(directory(), name)[:1] * 2}


@pytest.mark.parametrize("name", ["members", "agencies", "services", "keys", "states"])
def test_nothing_stands_in_it_twice(name: str) -> None:
    with pytest.raises(MalformedError):
        directory(**_doubled(name))


@pytest.mark.parametrize(
    "changes",
    [
        {"members": directory().members[1:]},
        {"agencies": directory().agencies[1:]},
        {"agencies": directory().agencies[:1]},
        {"agencies": (*directory().agencies, Agency(AgencyId.parse("XZZ/GOV/NOBODY"), "Nobody"))},
    ],
)
def test_nothing_belongs_to_nobody(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedError) as caught:
        directory(**changes)
    assert caught.value.code == "directory-orphan"


def test_version_and_times_are_in_order() -> None:
    for changes in ({"version": 0}, {"expires": directory().issued}):
        with pytest.raises(MalformedError):
            directory(**changes)
    with pytest.raises(MalformedError):
        Validity(10, 10)
    with pytest.raises(MalformedError):
        Validity(10, revoked=9)


def test_who_takes_part() -> None:
    assert directory().takes_part(AVARIA)
    assert not directory().takes_part(AgencyId.parse("XZZ/GOV/NOBODY"))
    left = (replace(directory().agencies[0], status=Status.LEFT), *directory().agencies[1:])
    assert not directory(agencies=left).takes_part(AVARIA)
    suspended = (Member("XAV", "Avaria", status=Status.SUSPENDED), *directory().members[1:])
    assert not directory(members=suspended).takes_part(AVARIA)
    assert directory().offers(BORDUNA.service("fingerprint-search"))
    assert not directory().offers(AVARIA.service("fingerprint-search"))


# ---------------------------------------------------------------- keys

OLD, NEW, LOST = (key(name).public for name in ("old", "new", "lost"))


def _with_history() -> Directory:
    history = (
        KeyEntry(AVARIA, KeyUse.NODE, OLD, Validity(NOW - 90 * DAY, NOW + DAY)),
        KeyEntry(AVARIA, KeyUse.NODE, NEW, Validity(NOW)),
        KeyEntry(AVARIA, KeyUse.NODE, LOST, Validity(NOW - 200 * DAY, None, NOW - 100 * DAY)),
        KeyEntry(AVARIA, KeyUse.AGENCY, key("other").public, Validity(NOW)),
    )
    return directory(keys=history)


def test_the_newest_key_that_is_good_at_the_time() -> None:
    full = _with_history()
    assert full.node_key(AVARIA, NOW - 150 * DAY) == LOST
    assert full.node_key(AVARIA, NOW - 95 * DAY) is None
    assert full.node_key(AVARIA, NOW - 1) == OLD
    assert full.node_key(AVARIA, NOW) == NEW
    assert full.agency_key(AVARIA, NOW) == key("other").public
    assert full.node_key(BORDUNA, NOW) is None


def test_old_evidence_finds_its_key_for_ever() -> None:
    entry = _with_history().key_by_id(LOST.key_id)
    assert entry is not None
    assert entry.validity.holds(NOW - 150 * DAY)
    assert not entry.validity.holds(NOW - 100 * DAY)
    assert _with_history().key_by_id(bytes(16)) is None


def test_a_new_message_is_resolved_by_holder_use_and_time() -> None:
    full = _with_history()
    resolve: verify.KeyResolver = full.resolve_node_key
    assert resolve(AVARIA, OLD.key_id, NOW) == OLD
    assert resolve(AVARIA, OLD.key_id, NOW + DAY) is None
    assert resolve(AVARIA, NEW.key_id, NOW - 1) is None
    assert resolve(BORDUNA, OLD.key_id, NOW) is None
    assert full.resolve_agency_key(AVARIA, OLD.key_id, NOW) is None
    assert full.resolve_agency_key(AVARIA, key("other").key_id, NOW) == key("other").public


def test_a_revoked_key_signs_no_new_message_whatever_its_date() -> None:
    assert _with_history().resolve_node_key(AVARIA, LOST.key_id, NOW - 150 * DAY) is None


def test_a_suspended_agency_has_no_key_for_new_messages() -> None:
    agencies = (replace(directory().agencies[0], status=Status.SUSPENDED), *directory().agencies[1:])
    resolve = directory(agencies=agencies).resolve_agency_key
    assert resolve(AVARIA, key(f"{AVARIA} agency").key_id, NOW) is None
    assert resolve(BORDUNA, key(f"{BORDUNA} agency").key_id, NOW) is not None


def test_log_keys_have_their_times() -> None:
    first, second = NoteVerifier("log", bytes(32)), NoteVerifier("log", bytes([1]) * 32)
    full = directory(logs=(LogEntry(first, Validity(NOW, NOW + DAY)), LogEntry(second, Validity(NOW + DAY))))
    assert full.log_keys(NOW) == (first,)
    assert full.log_keys(NOW + DAY) == (second,)


# ---------------------------------------------------------------- countries and responsible states


def test_the_codes_of_countries() -> None:
    assert len(ISO_3166_1) == 249
    assert country("THA") == "THA"
    assert country("XAV") == "XAV"
    assert {country(code) for code in DOCUMENT_CODES} == {"DEU", "GBR", "XKX"}


@pytest.mark.parametrize("code", [*sorted(NOT_A_COUNTRY), "GER", "tha", "TH", "SUN", "", " THA", "ＴＨＡ", None, 7])
def test_what_is_no_country_is_refused(code: object) -> None:
    with pytest.raises(UnknownCountryError):
        country(code)


def test_a_states_code_is_a_countrys() -> None:
    with pytest.raises(MalformedError):
        Member("GER", "Mistyped")
    with pytest.raises(MalformedError):
        Member("GBD", "A document's code")
    assert Member("UNHCR", "An organisation", MemberKind.ORGANISATION).code == "UNHCR"


def test_families_stand_and_fall_together() -> None:
    full = directory()
    assert full.responsible_states("HKG", NOW) == {"CHN"}
    assert full.responsible_states("CHN", NOW) == frozenset()
    for code in ("HKG", "MAC", "CHN"):
        assert full.table.family(code, NOW) == {"HKG", "MAC", "CHN"}
    assert full.table.families(["NCL", "XAV"], NOW) == {"NCL", "FRA", "XAV"}


def test_rows_have_their_times() -> None:
    table = ResponsibilityTable([Responsibility("XBD", "XAV", NOW, NOW + DAY)])
    assert table.family("XAV", NOW - 1) == {"XAV"}
    assert table.family("XAV", NOW) == {"XAV", "XBD"}
    assert table.family("XAV", NOW + DAY) == {"XAV"}


@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from("ABCDEFGH")).filter(lambda pair: pair[0] != pair[1])
    )
)
def test_a_family_is_the_same_seen_from_each_of_its_members(pairs: list[tuple[str, str]]) -> None:
    table = ResponsibilityTable(Responsibility(f"XQ{one}", f"XQ{two}", 0) for one, two in pairs)
    for letter in "ABCDEFGH":
        family = table.family(f"XQ{letter}", NOW)
        assert all(table.family(other, NOW) == family for other in family)


@pytest.mark.parametrize(
    "row", [("XAV", "XAV", 0, None), ("XAV", "XBD", 5, 5), ("GER", "XBD", 0, None), ("XAV", "GBD", 0, None)]
)
def test_rows_that_cannot_be_are_refused(row: tuple[str, str, int, int | None]) -> None:
    with pytest.raises(MalformedError):
        Responsibility(*row)


# ---------------------------------------------------------------- trust


def test_two_of_three_roots_are_enough() -> None:
    for pair in ((0, 1), (0, 2), (1, 2), (0, 1, 2)):
        assert accept_directory(file(None, *pair).encode(), ANCHOR, NOW, None) == directory()


def _refused(data: bytes, step: TrustStep, code: str, now: int = NOW, believed: Believed | None = None) -> None:
    with pytest.raises(DirectoryRefusedError) as caught:
        accept_directory(data, ANCHOR, now, believed)
    assert (caught.value.step, caught.value.code) == (step, code)


def test_one_root_is_not() -> None:
    _refused(file(None, 0).encode(), TrustStep.THRESHOLD, "too-few-roots")


def test_one_root_twice_is_not() -> None:
    whole = file(None, 0)
    doubled = SignedDirectory(whole.body, whole.signatures * 2)
    _refused(doubled.encode(), TrustStep.FORM, "malformed")
    assert len(file(None, 0, 0).signatures) == 1


def test_a_key_that_is_not_pinned_does_not_count() -> None:
    stranger = file(None, 0).signed_by(key("stranger"))
    _refused(stranger.encode(), TrustStep.THRESHOLD, "too-few-roots")
    assert open_directory(file().signed_by(key("stranger")).encode(), ANCHOR) == directory()


def test_a_root_under_another_ones_id_is_refused() -> None:
    whole = file(None, 0)
    forged = RootSignature(ROOTS[1].key_id, whole.signatures[0].signature)
    both = sorted([*whole.signatures, forged], key=lambda item: item.key_id)
    _refused(SignedDirectory(whole.body, tuple(both)).encode(), TrustStep.THRESHOLD, "bad-signature")


def test_changed_bytes_are_refused() -> None:
    changed = SignedDirectory(directory(version=4).encode(), file().signatures)
    _refused(changed.encode(), TrustStep.THRESHOLD, "bad-signature")


def test_signed_nonsense_is_refused() -> None:
    nonsense = SignedDirectory(b"nonsense").signed_by(ROOTS[0]).signed_by(ROOTS[1])
    with pytest.raises(DirectoryRefusedError) as caught:
        open_directory(nonsense.encode(), ANCHOR)
    assert caught.value.step is TrustStep.CONTENT


def test_there_is_no_way_back() -> None:
    newer = Believed(4, bytes(32))
    _refused(file().encode(), TrustStep.VERSION, "rollback", believed=newer)


def test_there_is_one_of_each_version() -> None:
    believed = Believed(3, file().digest())
    assert accept_directory(file().encode(), ANCHOR, NOW, believed) == directory()
    assert accept_directory(file(None, 1, 2).encode(), ANCHOR, NOW, believed) == directory()
    other = file(directory(states=()))
    _refused(other.encode(), TrustStep.VERSION, "two-of-one-version", believed=believed)


def test_it_is_not_frozen() -> None:
    expires = directory().expires
    accept_directory(file().encode(), ANCHOR, expires - 1, None)
    _refused(file().encode(), TrustStep.FRESHNESS, "expired", now=expires)
    _refused(file().encode(), TrustStep.FRESHNESS, "not-yet-issued", now=NOW - 2 * DAY)


def test_an_old_one_still_serves_for_evidence() -> None:
    assert open_directory(file().encode(), ANCHOR).key_by_id(key(f"{CESTRIA} node").key_id) is not None


def test_the_anchor_is_pinned_as_bytes_and_compared_aloud() -> None:
    assert TrustAnchor.decode(ANCHOR.encode()) == ANCHOR
    assert TrustAnchor.of([root.public for root in ROOTS[::-1]]).fingerprint() == ANCHOR.fingerprint()
    assert TrustAnchor.of([ROOTS[0].public], 1).fingerprint() != ANCHOR.fingerprint()
    for threshold in (0, 4):
        with pytest.raises(MalformedError):
            TrustAnchor.of([root.public for root in ROOTS], threshold)


@settings(max_examples=200)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_changed_byte_is_believed(place: int, change: int) -> None:
    data = bytearray(file().encode())
    data[place % len(data)] ^= change
    with pytest.raises(DirectoryRefusedError):
        accept_directory(bytes(data), ANCHOR, NOW, None)
