"""`rso directory`: a whole ceremony through the command line, and everything that must not pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.ceremony.walk import AVARIA, BORDUNA, BORDUNA_TOO, PASSPHRASE, RELAY, Ceremony, last_json, public_keys

from rso.base.clock import SystemClock, unix_seconds
from rso.cli.main import main
from rso.wire import cbor
from rso.wire.directory import Directory
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SigningKey
from rso.wire.trust import (
    Believed,
    DirectoryRefusedError,
    SignedDirectory,
    TrustAnchor,
    TrustStep,
    accept_directory,
    open_directory,
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three root keys, an anchor and version 1, once for all tests: passphrases cost time on purpose."""
    one = Ceremony(tmp_path_factory.mktemp("founded"))
    one.make_roots()
    one.found()
    return one.folder


@pytest.fixture
def one(founded: Path, tmp_path: Path) -> Ceremony:
    """A copy of the founded directory's folder, for one test."""
    shutil.copytree(founded, tmp_path / "one")
    return Ceremony(tmp_path / "one")


def now() -> int:
    return unix_seconds(SystemClock().now())


def anchor(one: Ceremony, name: str = "anchor.cbor") -> TrustAnchor:
    return TrustAnchor.decode(Path(one.path(name)).read_bytes())


def names(one: Ceremony) -> set[str]:
    return set(os.listdir(one.folder))


# ---------------------------------------------------------------- the whole way


def test_a_node_believes_what_two_of_three_holders_signed(one: Ceremony) -> None:
    data = Path(one.path("directory1")).read_bytes()
    directory = accept_directory(data, anchor(one), now(), None)
    avaria = AgencyId.parse(AVARIA)
    assert directory.version == 1
    assert directory.node_key(avaria, now()) == public_keys(AVARIA).node
    assert directory.agency_key(avaria, now()) == public_keys(AVARIA).own
    assert directory.log_keys(now()) == (public_keys(RELAY).log,)
    assert directory.offers(avaria.service("written-request"))
    assert directory.responsible_states("HKG", now()) == {"CHN"}


def test_the_next_version_follows_and_shows_what_changes(one: Ceremony) -> None:
    entries = one.write_entries(BORDUNA_TOO, ('name = "Relay"', 'name = "The relay"'))
    said = one.run("draft", "--from", entries, "--out", one.path("draft2"), *one.since())
    changes = said.split("What changes since version 1:\n")[1]
    assert "+ member XBD: Borduna (synthetic); state, active\n" in changes
    assert "~ agency RSO/ORG/RELAY: Relay; active -> The relay; active\n" in changes
    assert "XAV" not in changes
    first = one.signature(one.path("draft2"), 2, "part2", *one.since())
    both = one.signature(first, 3, "both", *one.since())
    said = one.run("join", both, *one.since(), "--out", one.path("directory2"))
    assert "Signed by 2" in said
    old, new = (Path(one.path(name)).read_bytes() for name in ("directory1", "directory2"))
    believed = Believed(1, SignedDirectory.decode(old).digest())
    after = accept_directory(new, anchor(one), now(), believed)
    assert after.takes_part(AgencyId.parse(BORDUNA))
    with pytest.raises(DirectoryRefusedError) as refused:
        accept_directory(old, anchor(one), now(), Believed(2, SignedDirectory.decode(new).digest()))
    assert refused.value.step is TrustStep.VERSION
    said = one.refused("show", one.path("directory1"), *one.since("directory2"), "--json")
    assert "step 3 content: holds\nstep 4 version: FAILED" in said
    assert last_json(said) == {"valid": False, "step": 4, "code": "rollback"}


def test_new_roots_are_believed_by_old_and_new_anchor_while_nodes_change_over(one: Ceremony) -> None:
    new = Ceremony(one.folder / "new")
    new.folder.mkdir()
    new.make_roots()
    one.run("draft", "--from", one.write_entries(), "--out", one.path("draft2"), *one.since())
    anchors = [*one.since(), "--anchor", new.path("anchor.cbor")]
    parts = [one.signature(one.path("draft2"), number, f"old{number}", *anchors) for number in (1, 2)]
    assert "0 of 2 root keys" in one.refused("join", *parts, *anchors, "--out", one.path("directory2"))
    parts += [new.signature(one.path("draft2"), number, f"new{number}", *anchors) for number in (1, 2)]
    one.run("join", *parts, *anchors, "--out", one.path("directory2"))
    data = Path(one.path("directory2")).read_bytes()
    for trusted in (anchor(one), anchor(new)):
        assert accept_directory(data, trusted, now(), None).version == 2


# ---------------------------------------------------------------- root keys and anchor


def test_a_root_key_is_for_its_holder_alone_and_read_aloud(one: Ceremony) -> None:
    secret = Path(one.path("root1"))
    assert secret.stat().st_mode & 0o777 == 0o600
    said = one.run("anchor", *(one.path(f"root{n}.pub") for n in (1, 2, 3)), "--out", one.path("again"))
    assert Path(one.path("again")).read_bytes() == Path(one.path("anchor.cbor")).read_bytes()
    digits = said.split("Fingerprint of the anchor")[1].split(":\n")[1].replace(" ", "").replace("\n", "")
    assert digits == anchor(one).fingerprint()


def test_nothing_is_overwritten(one: Ceremony) -> None:
    before = {name: Path(one.path(name)).read_bytes() for name in names(one)}
    for words in (
        ("root", "--out", one.path("root1"), "--passphrase-file", one.path("passphrase1")),
        ("anchor", one.path("root1.pub"), "--threshold", "1", "--out", one.path("anchor.cbor")),
        ("draft", "--from", one.path("entries.toml"), "--out", one.path("draft1")),
        ("sign", one.path("draft1"), "--key", one.path("root2"), "--out", one.path("part1-1")),
        ("join", one.path("part1-1"), "--anchor", one.path("anchor.cbor"), "--out", one.path("directory1")),
    ):
        assert "[exists]" in one.refused(*words)
    assert {name: Path(one.path(name)).read_bytes() for name in names(one)} == before


def test_a_public_file_in_the_way_leaves_no_secret_behind(tmp_path: Path) -> None:
    one = Ceremony(tmp_path)
    (tmp_path / "root.pub").write_bytes(b"mine")
    said = one.refused("root", "--out", one.path("root"), "--passphrase-file", one.passphrase(1))
    assert "root.pub is there already" in said
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("place", ["no/root", "passphrase1/root"], ids=["no folder", "a file"])
def test_a_folder_that_is_none_is_said(one: Ceremony, place: str) -> None:
    said = one.refused("root", "--out", one.path(place), "--passphrase-file", one.passphrase(1))
    assert "[not-written]" in said


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A file may have a thousand bytes here, which is less than a root key's."""
    code = (
        "import resource, signal, sys; from rso.cli.main import main;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "main(sys.argv[1:])"
    )
    one = Ceremony(tmp_path)
    words = ["directory", "root", "--out", one.path("root"), "--passphrase-file", one.passphrase(1)]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "[not-written]" in done.stderr
    assert names(one) == {"passphrase1"}


@pytest.mark.parametrize("passphrase", ["", "short", "fifteen letters"])
def test_a_weak_passphrase_is_refused(tmp_path: Path, passphrase: str) -> None:
    (tmp_path / "p").write_text(passphrase)
    said = Ceremony(tmp_path).refused("root", "--out", str(tmp_path / "r"), "--passphrase-file", str(tmp_path / "p"))
    assert "[weak-passphrase]" in said
    assert os.listdir(tmp_path) == ["p"]


def test_the_passphrase_is_asked_twice_and_never_shown(tmp_path: Path) -> None:
    one, typed = Ceremony(tmp_path), PASSPHRASE.format(1)
    status, said = one.invoke(
        "root", "--out", one.path("r"), typed=f"{typed}\nanother one, mistyped\n{typed}\n{typed}\n"
    )
    assert status == 0
    assert "do not match" in said
    assert typed not in said
    status, _said = one.invoke("root", "--out", one.path("r2"), typed="")
    assert status == 1
    assert names(one) == {"r", "r.pub"}


def test_a_wrong_passphrase_signs_nothing(one: Ceremony) -> None:
    said = one.refused(
        "sign", one.path("draft1"), "--key", one.path("root2"), "--yes", "--out", one.path("part"),
        "--passphrase-file", one.passphrase(1),
    )  # fmt: skip
    assert "[wrong-passphrase]" in said
    assert not Path(one.path("part")).exists()


def test_a_node_key_is_not_taken_for_a_root_key(one: Ceremony) -> None:
    for name in ("root1", "XAV-GOV-BORDER.json"):
        said = one.refused("anchor", one.path(name), one.path("root2.pub"), "--out", one.path("other"))
        assert "[not-a-root-key]" in said


@pytest.mark.parametrize(
    ("numbers", "threshold"), [((1, 1), 2), ((1, 2), 3)], ids=["one key twice", "threshold above the keys"]
)
def test_an_anchor_that_cannot_work_is_refused(one: Ceremony, numbers: tuple[int, ...], threshold: int) -> None:
    publics = [one.path(f"root{number}.pub") for number in numbers]
    one.refused("anchor", *publics, "--threshold", str(threshold), "--out", one.path("other"))
    assert not Path(one.path("other")).exists()


def test_one_who_may_sign_alone_is_warned_about(one: Ceremony) -> None:
    publics = [one.path(f"root{number}.pub") for number in (1, 2)]
    for threshold, word in (("1", "alone can sign"), ("2", "pinning anew")):
        assert word in one.run("anchor", *publics, "--threshold", threshold, "--out", one.path(f"anchor{threshold}"))


# ---------------------------------------------------------------- signing


def test_nobody_signs_without_saying_yes(one: Ceremony) -> None:
    words = ["sign", one.path("draft1"), "--key", one.path("root2"), "--out", one.path("part")]
    status, said = one.invoke(*words, typed="n\n")
    assert status == 1
    assert "member XAV: Avaria (synthetic)" in said
    assert "Passphrase" not in said
    assert not Path(one.path("part")).exists()
    status, _said = one.invoke(*words, typed=f"y\n{PASSPHRASE.format(2)}\n")
    assert status == 0


def test_the_same_holder_does_not_sign_twice(one: Ceremony) -> None:
    said = one.refused(
        "sign", one.path("part1-1"), "--key", one.path("root1"), "--yes", "--out", one.path("part"),
        "--passphrase-file", one.passphrase(1),
    )  # fmt: skip
    assert "[already-signed]" in said


def test_one_holder_s_two_signatures_count_once(one: Ceremony) -> None:
    again = one.signature(one.path("draft1"), 1, "again")
    said = one.refused(
        "join", again, one.path("part1-1"), "--anchor", one.path("anchor.cbor"), "--out", one.path("two")
    )
    assert "step 2 (threshold): 1 of 2 root keys" in said


def test_a_stranger_s_root_key_is_told_so(one: Ceremony) -> None:
    one.run("root", "--out", one.path("stranger"), "--passphrase-file", one.passphrase(1))
    said = one.refused(
        "sign", one.path("draft1"), "--key", one.path("stranger"), "--anchor", one.path("anchor.cbor"), "--yes",
        "--passphrase-file", one.passphrase(1), "--out", one.path("part"),
    )  # fmt: skip
    assert "[not-pinned]" in said


# ---------------------------------------------------------------- joining


def test_a_stranger_s_signature_neither_counts_nor_stays(one: Ceremony) -> None:
    stranger = SignedDirectory.decode(Path(one.path("draft1")).read_bytes()).signed_by(SigningKey.generate())
    Path(one.path("stranger")).write_bytes(stranger.encode())
    words = ["--anchor", one.path("anchor.cbor"), "--out", one.path("joined")]
    assert "1 of 2 root keys" in one.refused("join", one.path("stranger"), one.path("part1-1"), *words)
    one.run("join", one.path("stranger"), one.path("part1-1"), one.path("part1-3"), *words)
    assert Path(one.path("joined")).read_bytes() == Path(one.path("directory1")).read_bytes()


def test_below_the_threshold_nothing_is_written(one: Ceremony) -> None:
    said = one.refused("join", one.path("part1-1"), "--anchor", one.path("anchor.cbor"), "--out", one.path("few"))
    assert "step 2 (threshold)" in said
    assert not Path(one.path("few")).exists()


def test_an_altered_draft_does_not_join(one: Ceremony) -> None:
    part = SignedDirectory.decode(Path(one.path("part1-1")).read_bytes())
    altered = Path(one.path("altered"))
    altered.write_bytes(SignedDirectory(part.body.replace(b"Relay", b"Delay"), part.signatures).encode())
    words = ["--anchor", one.path("anchor.cbor"), "--out", one.path("other")]
    assert "[different-drafts]" in one.refused("join", str(altered), one.path("part1-3"), *words)
    said = one.refused("join", str(altered), *words)
    assert "altered" in said
    assert "[bad-signature]" in said
    shown = one.refused("show", str(altered), "--anchor", one.path("anchor.cbor"), "--json")
    assert last_json(shown)["step"] == 2


def test_an_expired_version_is_not_brought_out(one: Ceremony) -> None:
    one.expires = "2026-11-02"
    entries = one.write_entries(replaced=("expires =", "issued = 2026-11-01\nexpires ="))
    one.run("draft", "--from", entries, "--out", one.path("stale"))
    parts = [one.signature(one.path("stale"), number, f"stale{number}") for number in (1, 2)]
    said = one.refused("join", *parts, "--anchor", one.path("anchor.cbor"), "--out", one.path("other"))
    assert "step 5 (freshness)" in said


def test_a_version_that_is_not_the_next_one_is_neither_signed_nor_joined(one: Ceremony) -> None:
    """A draft made without --previous would be version 1 again."""
    one.run("draft", "--from", one.write_entries(BORDUNA_TOO), "--out", one.path("again"))
    said = one.refused("sign", one.path("again"), "--key", one.path("root1"), *one.since(), "--out", one.path("part"))
    assert "[wrong-version]" in said
    parts = [one.signature(one.path("again"), number, f"again{number}") for number in (1, 2)]
    said = one.refused("join", *parts, *one.since(), "--out", one.path("other"))
    assert "step 4 (version)" in said


# ---------------------------------------------------------------- what may follow


def test_a_later_version_is_not_signed_without_seeing_what_it_changes(one: Ceremony) -> None:
    one.run("draft", "--from", one.write_entries(), "--out", one.path("draft2"), *one.since())
    said = one.refused("sign", one.path("draft2"), "--key", one.path("root1"), "--yes", "--out", one.path("part"))
    assert "give the directory in use" in said


def test_a_key_that_went_out_of_use_keeps_its_place(one: Ceremony) -> None:
    one.keys[AVARIA] = public_keys(AVARIA, "new")
    said = one.refused("draft", "--from", one.write_entries(), "--out", one.path("draft2"), *one.since())
    assert "[key-dropped]" in said
    assert public_keys(AVARIA).node.key_id.hex() in said
    (one.folder / "old.json").write_text(public_keys(AVARIA).encode())
    since = "since = 2026-11-01T08:00:00+07:00\n"
    kept = 'until = 2026-11-23\n[[agency.keys]]\nfile = "XAV-GOV-BORDER.json"\nsince = 2026-11-23\n'
    entries = one.write_entries(
        replaced=(f'file = "XAV-GOV-BORDER.json"\n{since}', f'file = "old.json"\n{since}{kept}')
    )
    said = one.run("draft", "--from", entries, "--out", one.path("draft2"), *one.since())
    assert "until 2026-11-23 00:00:00 UTC" in said.split("What changes")[1]


def test_a_revoked_key_stays_revoked(one: Ceremony) -> None:
    revoked = one.write_entries(replaced=("+07:00", "+07:00\nrevoked = 2026-11-20"))
    one.run("draft", "--from", revoked, "--out", one.path("draft2"), *one.since())
    parts = [one.signature(one.path("draft2"), number, f"p{number}", *one.since()) for number in (1, 2)]
    one.run("join", *parts, *one.since(), "--out", one.path("directory2"))
    words = ["draft", "--from", one.write_entries(), "--out", one.path("draft3"), *one.since("directory2")]
    assert "[revocation-dropped]" in one.refused(*words)


def test_a_forged_previous_version_is_not_believed(one: Ceremony) -> None:
    forged = SignedDirectory(SignedDirectory.decode(Path(one.path("directory1")).read_bytes()).body)
    Path(one.path("forged")).write_bytes(forged.encode())
    words = ["draft", "--from", one.path("entries.toml"), "--out", one.path("draft2")]
    assert "step 2 (threshold)" in one.refused(*words, *one.since("forged"))
    status, said = one.invoke(*words, "--previous", one.path("directory1"))
    assert status == 2
    assert "--anchor" in said


# ---------------------------------------------------------------- showing


def test_show_says_what_a_node_would(one: Ceremony) -> None:
    said = one.run("show", one.path("directory1"), "--anchor", one.path("anchor.cbor"), "--json")
    assert "step 5 freshness: holds" in said
    told = last_json(said)
    assert told["valid"] is True
    assert len(told["signed_by"]) == 2
    keys = {entry["id"]: entry for entry in told["keys"]}
    assert keys[public_keys(AVARIA).node.key_id.hex()]["key"] == public_keys(AVARIA).node.to_bytes().hex()


def test_a_draft_can_be_read_and_is_called_unverified(one: Ceremony) -> None:
    said = one.run("show", one.path("draft1"), "--json")
    assert "WARNING: not verified" in said
    assert last_json(said)["valid"] is None


def test_what_is_forgotten_is_remarked_on(one: Ceremony) -> None:
    entries = one.write_entries(replaced=("since = 2026-11-01", "since = 2098-01-01"))
    said = one.run("draft", "--from", entries, "--out", one.path("other"))
    assert "WARNING: no log has a key" in said
    assert "WARNING: XAV/GOV/BORDER takes part without a node key" in said


@pytest.mark.parametrize("content", [b"", b"\xa0", b"not a directory", os.urandom(500), cbor.encode({"body": b""})])
@pytest.mark.parametrize("trusted", [True, False])
def test_what_is_no_directory_is_refused_with_its_step(one: Ceremony, content: bytes, trusted: bool) -> None:
    file = Path(one.path("noise"))
    file.write_bytes(content)
    more = ["--anchor", one.path("anchor.cbor")] if trusted else []
    assert last_json(one.refused("show", str(file), *more, "--json"))["step"] == 1


def test_an_unreadable_anchor_is_named(one: Ceremony) -> None:
    said = one.refused("show", one.path("directory1"), "--anchor", one.path("root1.pub"))
    assert "root1.pub" in said
    assert "[not-an-anchor]" in said


def test_old_evidence_opens_with_a_directory_that_was_joined_here(one: Ceremony) -> None:
    data = Path(one.path("directory1")).read_bytes()
    assert isinstance(open_directory(data, anchor(one)), Directory)


def test_help_of_every_step() -> None:
    said = CliRunner().invoke(main, ["directory", "--help"]).output
    for name in ("root", "anchor", "draft", "sign", "join", "show"):
        assert f"\n  {name}" in said
