"""Tasks of the lone worker process. Their effects are lines in a file, so that a second run would show."""

import os
import time
from pathlib import Path

from rso.jobs.registry import task
from rso.jobs.rules import Retry


def _folder() -> Path:
    return Path(os.environ["LONE_FOLDER"])


@task(retry=Retry(attempts=5, first_s=0.1, cap_s=0.2))
def slow_once(number: int) -> None:
    """Idempotent, as tasks are: does nothing if its effect is there. The first run is slow, to be killed in."""
    begun, done = _folder() / f"begun-{number}", _folder() / f"done-{number}"
    if done.exists():
        return
    if not begun.exists():
        begun.touch()
        time.sleep(120)
    with (_folder() / "effects").open("a") as effects:
        effects.write(f"{number}\n")
    done.touch()


@task()
def unhurried(number: int) -> None:
    """Long enough to be told to stop in, short enough to finish."""
    (_folder() / f"begun-{number}").touch()
    time.sleep(1.0)
    (_folder() / f"done-{number}").touch()


@task()
def quick(number: int) -> None:
    with (_folder() / "effects").open("a") as effects:
        effects.write(f"{number}\n")
