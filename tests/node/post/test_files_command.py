"""``rso manage node post_files``: envelopes on a stick, both ways, and what somebody is told who misses the folder."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.node.post.test_exchange import answer, ask
from tests.node.region import Region

from rso.node.post import handlers
from rso.node.post.models import Conversation
from rso.wire.conversation import State

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def one_clock(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", region.clock.now)
    # The question here belongs to no search; whoever takes its answer is another test's business.
    monkeypatch.setattr(handlers, "_HANDLERS", {**handlers._HANDLERS, "answer": lambda incoming: None})


def carry(direction: str, folder: Path) -> str:
    out = io.StringIO()
    call_command("post_files", direction, str(folder), stdout=out)
    return out.getvalue()


def test_a_question_goes_out_and_its_answer_comes_in_beside_a_file_that_is_none(region: Region, tmp_path: Path) -> None:
    digest = region.agree()
    row = ask(region, digest)
    assert carry("write", tmp_path / "out").splitlines()[-1] == "1 written"
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == f"{row.pk}.rso"
    reply = region.borduna.seal(answer(region.borduna.open(file.read_bytes())), digest)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.rso").write_bytes(b"not an envelope")
    (tmp_path / "in" / "2.rso").write_bytes(reply.envelope)
    (tmp_path / "in" / "notes.txt").write_text("left alone")
    first, second, last = carry("read", tmp_path / "in").splitlines()
    assert first.startswith("1.rso: refused")
    assert second == "2.rso: applied"
    assert last == "2 read"
    assert Conversation.objects.get().state == State.ANSWERED


def test_nothing_to_carry_is_said(region: Region, tmp_path: Path) -> None:
    assert carry("write", tmp_path) == "0 written\n"
    assert carry("read", tmp_path) == "0 read\n"


def test_a_folder_that_is_not_there_is_said(region: Region, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        carry("read", tmp_path / "absent")
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="exists"):
        carry("write", tmp_path / "file")
