"""What the installer says at a bad start. The programs around it are stand-ins; it is the real one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = (
    "sh",
    "cat",
    "cksum",
    "tr",
    "id",
    "awk",
    "find",
    "grep",
    "head",
    "tail",
    "wc",
    "rm",
    "mkdir",
    "chmod",
    "dirname",
    "basename",
    "mktemp",
)

#: A Python that is new enough, has venv unless told otherwise, and whose environments reach no index.
PYTHON = """#!/bin/sh
case "$*" in
  *ensurepip*) exit {ensurepip} ;;
  "-m venv "*)
    mkdir -p .venv/bin
    printf '#!/bin/sh\\ncase "$*" in *pip*) echo no route to the index >&2; exit 1 ;; esac\\n' >.venv/bin/python
    chmod +x .venv/bin/python ;;
esac
"""


class Machine:
    """A checkout with nothing but the installer, and a path with nothing but what it needs."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.bin = folder / "checkout", folder / "bin"
        self.bin.mkdir(parents=True)
        shutil.copytree(CHECKOUT / "requirements", self.checkout / "requirements")
        shutil.copy(CHECKOUT / "pyproject.toml", self.checkout)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None, tool
            (self.bin / tool).symlink_to(found)
        self.stand_in("df", "#!/bin/sh\nprintf 'x\\nx 9 9 99999999 x x\\n'\n")
        self.stand_in("python3", PYTHON.format(ensurepip=0))

    def stand_in(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def install(self, level: str = "run") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "requirements/install", level],
            cwd=self.checkout,
            env={"PATH": str(self.bin), "TMPDIR": tempfile.gettempdir()},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_venv_it_says_the_line_to_run(machine: Machine) -> None:
    machine.stand_in("python3", PYTHON.format(ensurepip=1))
    done = machine.install()
    assert done.returncode == 1
    assert "sudo apt-get install python3-venv" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_a_disk_without_room_is_said_before_anything_is_made(machine: Machine) -> None:
    machine.stand_in("df", "#!/bin/sh\nprintf 'x\\nx 9 9 204800 x x\\n'\n")
    done = machine.install("dev")
    assert done.returncode == 1
    assert "needs 1500 MB of free disk here, and 200 MB are free" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_without_an_index_it_asks_for_a_connection_and_never_takes_it_for_ready(machine: Machine) -> None:
    for _attempt in range(2):
        done = machine.install()
        assert done.returncode == 1
        assert "no route to the index" in done.stderr
        assert "Is there a connection to the package index? Run the same command again." in done.stderr
        assert not (machine.checkout / ".venv" / ".ready").exists()


def test_of_many_retries_the_last_is_shown_because_it_says_why(machine: Machine) -> None:
    retries = "".join(f"echo WARNING: Retrying, {left} left, certificate verify failed >&2; " for left in (2, 1, 0))
    machine.stand_in("python3", PYTHON.format(ensurepip=0).replace("echo no route", f"{retries}echo no route"))
    said = machine.install().stderr
    assert "Retrying, 0 left, certificate verify failed" in said
    assert "Retrying, 1 left" not in said


def test_what_was_left_half_made_is_made_anew(machine: Machine) -> None:
    left = machine.checkout / ".venv" / "lib" / "half.py"
    left.parent.mkdir(parents=True)
    left.write_text("")
    done = machine.install()
    assert "half-made or broken; making it anew" in done.stderr
    assert not left.exists()


#: As ``PYTHON``, but its environments install: pip leaves a uv, and uv leaves two files.
INSTALLS = r"""#!/bin/sh
case "$*" in
  "-m venv "*)
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python ;;
  *ensurepip*) ;;
  *pip*) printf '#!/bin/sh\nmkdir -p .venv/lib; echo 1 >.venv/lib/one.py; echo 2 >.venv/lib/two.py\n' >.venv/bin/uv
    chmod +x .venv/bin/uv ;;
esac
"""


def test_what_is_whole_is_left_alone_and_what_lost_a_file_is_made_anew(machine: Machine) -> None:
    machine.stand_in("python3", INSTALLS)
    cp = shutil.which("cp")
    assert cp is not None
    (machine.bin / "cp").symlink_to(cp)
    first, second = machine.install(), machine.install()
    assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
    (machine.checkout / ".venv/lib/more.pyc").write_text("compiled later")
    assert machine.install().stderr == ""
    (machine.checkout / ".venv/lib/two.py").unlink()
    third = machine.install()
    assert third.returncode == 0
    assert "half-made or broken; making it anew" in third.stderr
    assert (machine.checkout / ".venv/lib/two.py").exists()
    assert machine.install().stderr == ""


def test_a_mark_of_before_without_a_count_is_believed(machine: Machine) -> None:
    """Clones that were installed before the count was kept are not made anew for it."""
    machine.stand_in("python3", INSTALLS)
    (machine.bin / "cp").symlink_to(shutil.which("cp") or "")
    assert machine.install().returncode == 0
    ready = machine.checkout / ".venv/.ready"
    ready.write_text(ready.read_text().splitlines()[0])
    assert machine.install().stderr == ""
