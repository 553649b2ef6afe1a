"""Files of the ceremony: whatever is in them, our errors come out and nothing else; what is written is read back."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ceremony.walk import AVARIA, RELAY, Ceremony, public_keys

from rso.base.errors import RsoError
from rso.ceremony import roots, telling
from rso.ceremony.entries import directory_of, read_entries
from rso.ceremony.errors import CeremonyError
from rso.ceremony.public_keys import PublicKeys
from rso.ceremony.signing import check_follows, read_unverified
from rso.wire import cbor
from rso.wire.errors import WireError
from rso.wire.keys import SigningKey
from rso.wire.trust import DirectoryRefusedError

NOW = 1_795_424_400
ROOT = SigningKey(b"synthetic root".ljust(64, b"."))
WORDS = "synthetic words of a holder"

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return roots.seal_root(ROOT, WORDS)


# ---------------------------------------------------------------- root keys


def test_a_root_key_comes_back_under_its_passphrase_alone(sealed: bytes) -> None:
    assert roots.open_root(sealed, WORDS).to_bytes() == ROOT.to_bytes()
    assert roots.public_of(sealed) == ROOT.public
    assert ROOT.to_bytes() not in sealed
    with pytest.raises(CeremonyError) as refused:
        roots.open_root(sealed, WORDS + " ")
    assert refused.value.code == "wrong-passphrase"


def test_one_letter_written_in_two_ways_is_one_passphrase() -> None:
    file = roots.seal_root(ROOT, "caf\u00e9 au lait au matin")
    assert roots.open_root(file, "cafe\u0301 au lait au matin").key_id == ROOT.key_id


def with_changes(file: bytes, changes: dict[str, object]) -> bytes:
    read = cbor.decode(file, limit=1 << 16)
    assert isinstance(read, dict)
    return cbor.encode({**read, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"n": 1 << 16}, {"salt": bytes(16)}, {"nonce": bytes(12)}, {"sealed": bytes(80)},
     {"public": SigningKey(bytes(64)).public.to_bytes()}],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_every_field_of_the_secret_file_is_bound(sealed: bytes, changes: dict[str, object]) -> None:
    with pytest.raises(CeremonyError) as refused:
        roots.open_root(with_changes(sealed, changes), WORDS)
    assert refused.value.code == "wrong-passphrase"


@pytest.mark.parametrize(
    "changes",
    [{"n": 1 << 30}, {"n": 100_000}, {"n": 1}, {"r": 1}, {"r": 1 << 40}, {"p": 17}, {"p": 0}, {"kdf": "none"},
     {"cipher": "rot13"}, {"format": "rso/root-secret/2"}, {"salt": b""}, {"public": b""}, {"more": 1}],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_costs_and_formats_that_are_not_ours_are_refused_before_any_work(
    sealed: bytes, changes: dict[str, object]
) -> None:
    with pytest.raises(CeremonyError) as refused:
        roots.open_root(with_changes(sealed, changes), WORDS)
    assert refused.value.code == "not-a-root-key"


def test_a_public_file_is_read_back_and_no_other(sealed: bytes) -> None:
    assert roots.read_public(roots.write_public(ROOT.public)) == ROOT.public
    for other in (sealed, ROOT.public.to_bytes(), cbor.encode({"format": "rso/root-public/2", "key": b""})):
        with pytest.raises(CeremonyError):
            roots.read_public(other)


def test_the_fingerprint_begins_with_the_key_s_id() -> None:
    digits = roots.fingerprint(ROOT.public)
    assert digits.startswith(ROOT.key_id.hex())
    assert telling.in_groups(digits).replace(" ", "").replace("\n", "") == digits


# ---------------------------------------------------------------- noise


@given(st.binary(max_size=300))
def test_noise_raises_our_errors_only(data: bytes) -> None:
    for read in (roots.public_of, roots.read_public, PublicKeys.parse):
        with pytest.raises(CeremonyError):
            read(data)
    with pytest.raises(DirectoryRefusedError):
        read_unverified(data)


@settings(max_examples=200)
@given(PLAIN)
def test_any_json_is_public_keys_or_our_error(plain: object) -> None:
    with pytest.raises(CeremonyError):
        PublicKeys.parse(json.dumps(plain).encode())


@given(
    st.sampled_from(("agency", "node_key", "agency_key", "log_key")),
    PLAIN | st.text("0123456789abcdef+= ", max_size=80),
)
def test_any_value_in_a_file_of_public_keys(name: str, value: object) -> None:
    plain = json.dumps({**public_keys(AVARIA).plain(), name: value}).encode()
    if value is None and name in ("agency_key", "log_key"):
        PublicKeys.parse(plain)
        return
    with pytest.raises(CeremonyError):
        PublicKeys.parse(plain)


@pytest.mark.parametrize("agency", [AVARIA, RELAY])
def test_public_keys_are_read_back(agency: str) -> None:
    assert PublicKeys.parse(public_keys(agency).encode().encode()) == public_keys(agency)


# ---------------------------------------------------------------- entries


@settings(max_examples=200)
@given(PLAIN | st.fixed_dictionaries(
    {"expires": st.just("2099-01-01") | PLAIN},
    optional={"issued": PLAIN, "member": st.lists(PLAIN, max_size=2), "agency": st.lists(PLAIN, max_size=2),
              "responsible": st.lists(PLAIN, max_size=2), "more": PLAIN},
))  # fmt: skip
def test_any_entries_are_a_directory_or_our_error(plain: object) -> None:
    try:
        made = directory_of(plain, Path("nowhere"), 1, NOW)
    except (CeremonyError, WireError):
        return
    assert made.version == 1


TABLES = {
    "member": {"code": "XAV", "name": "Avaria"},
    "agency": {"id": AVARIA, "name": "Border"},
    "responsible": {"member": "HKG", "state": "CHN", "since": "1997-07-01"},
}
NAMES = ("code", "name", "kind", "status", "id", "services", "keys", "member", "state", "since", "until")


@settings(max_examples=300)
@given(st.sampled_from(sorted(TABLES)), st.sampled_from(NAMES), PLAIN)
def test_any_value_in_any_table(table: str, name: str, value: object) -> None:
    plain = {"expires": "2099-01-01", "member": [TABLES["member"]], table: [{**TABLES[table], name: value}]}
    try:
        directory_of(plain, Path("nowhere"), 1, NOW)
    except (CeremonyError, WireError):
        return
    assert name in {**TABLES[table], "kind": 0, "status": 0, "services": 0, "keys": 0, "until": 0}


@settings(max_examples=300)
@given(st.sampled_from(("file", "only", "since", "until", "revoked", "more")), PLAIN)
def test_any_value_in_a_table_of_keys(name: str, value: object) -> None:
    keys = {"file": "absent.json", "since": "2026-11-01", name: value}
    agency = {"id": AVARIA, "name": "Border", "keys": [keys]}
    with pytest.raises(CeremonyError):
        directory_of({"expires": "2099-01-01", "member": [TABLES["member"]], "agency": [agency]}, Path("x"), 1, NOW)


NO_ENTRIES = [b"", b"\xff", b"[[member", b"{" * 5000, b"[" * 100_000, b"expires = 2099-01-01T00:00:00"]


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@pytest.mark.parametrize("content", NO_ENTRIES, ids=lambda content: repr(content[:20]))
def test_a_file_that_cannot_be_read_names_itself(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"entries{suffix}"
    path.write_bytes(content)
    with pytest.raises(CeremonyError, match="entries") as refused:
        read_entries(path, 1, NOW)
    assert refused.value.code == "bad-entries"


@pytest.mark.parametrize(
    ("replaced", "says"),
    [
        (('code = "XAV"', 'code = "XAVX"'), "[[member]] number 2"),
        (('code = "XAV"', 'code = "XBD"'), "belongs to no member"),
        (
            ("since = 2026-11-01\n", "since = 2026-11-01T00:00:00\n"),
            "number 1: [[agency.keys]] number 1: since",
        ),
        (("since = 2026-11-01\n", ""), "lacks"),
        (('file = "XAV-GOV-BORDER.json"', 'file = "RSO-ORG-RELAY.json"'), "holds the keys of RSO/ORG/RELAY"),
        (('file = "XAV-GOV-BORDER.json"', 'file = "XAV-GOV-BORDER.json"\nonly = "log"'), "no key of that use"),
        (('file = "XAV-GOV-BORDER.json"', 'file = "lost.json"'), "lost.json"),
        (('file = "XAV-GOV-BORDER.json"', 'file = "a\\u0000b"'), "control character"),
        (("since = 1997-07-01", "since = 1842-01-01"), "1970-01-01"),
        (('"written-request"', '"fingerprint-search"'), "twice"),
        (("expires = 2099-01-01", ""), "expires"),
        (("expires = 2099-01-01", "expires = 1999-01-01"), "out of order"),
    ],
    ids=str,
)
def test_an_error_in_the_entries_says_where(tmp_path: Path, replaced: tuple[str, str], says: str) -> None:
    one = Ceremony(tmp_path)
    with pytest.raises(CeremonyError) as refused:
        read_entries(Path(one.write_entries(replaced=replaced)), 1, NOW)
    assert says in refused.value.message
    assert refused.value.code == "bad-entries"


def test_one_key_of_a_file_is_taken_where_only_says_so(tmp_path: Path) -> None:
    more = 'only = "node"\nrevoked = 2026-11-20\n[[agency.keys]]\nfile = "XAV-GOV-BORDER.json"\nonly = "agency"\n'
    replaced = ('file = "XAV-GOV-BORDER.json"\n', f'file = "XAV-GOV-BORDER.json"\nsince = 2026-11-01\n{more}')
    made = read_entries(Path(Ceremony(tmp_path).write_entries(replaced=replaced)), 1, NOW)
    avaria = public_keys(AVARIA)
    assert made.resolve_node_key(avaria.agency, avaria.node.key_id, NOW) is None
    assert avaria.own is not None
    assert made.resolve_agency_key(avaria.agency, avaria.own.key_id, NOW) == avaria.own


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    path = Path(Ceremony(tmp_path).write_entries())
    other = tmp_path / "entries.json"
    other.write_text(json.dumps(tomllib.loads(path.read_text()), default=str))
    assert read_entries(path, 1, NOW) == read_entries(other, 1, NOW)


# ---------------------------------------------------------------- what follows what


def test_every_entry_is_told_and_nothing_changes_between_equals(tmp_path: Path) -> None:
    made = read_entries(Path(Ceremony(tmp_path).write_entries()), 1, NOW)
    told = telling.summary(made)
    counted = len(made.members) + len(made.agencies) + len(made.services) + len(made.keys) + len(made.logs)
    assert len(told) == counted + len(made.states) + 3
    assert telling.differences(made, made) == []


def test_the_first_version_is_one(tmp_path: Path) -> None:
    made = read_entries(Path(Ceremony(tmp_path).write_entries()), 2, NOW)
    for previous in (None, made):
        with pytest.raises(RsoError, match="version 2"):
            check_follows(made, previous)


def test_the_entries_of_the_documentation_are_a_directory(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "found-a-directory.md"
    blocks = re.findall(r"^ *```toml\n(.*?)```", page.read_text(), flags=re.M | re.S)
    Ceremony(tmp_path).write_entries()
    path = tmp_path / "documented.toml"
    path.write_text("\n".join(blocks))
    made = read_entries(path, 1, NOW)
    assert len(blocks) == 2
    assert len(made.keys) == 3
    assert made.responsible_states("HKG", NOW) == {"CHN"}
    assert not list(telling.remarks(read_entries(path, 1, NOW + 30 * 86_400)))
