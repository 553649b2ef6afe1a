"""Real processes and a real browser. A journey starts what it needs in a folder of its own, on free ports."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, sync_playwright
from tests.journeys.running import Region, running_region

CHROMIUM = shutil.which("chromium")
RSO = Path(sys.executable).with_name("rso")
START_SECONDS = 90.0
#: What we hold every page to: WCAG 2.2 at levels A and AA.
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is a journey, and is skipped where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(
                pytest.mark.skipif(CHROMIUM is None, reason="no browser: on Debian, apt-get install chromium")
            )


@dataclass
class Served:
    """A deployment that runs: where its pages are, its folder, its settings, and the process that leads its group."""

    deployment: str
    url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def manage(self, *arguments: str) -> str:
        """Runs a management command and gives what it printed."""
        done = subprocess.run(
            [RSO, "manage", self.deployment, *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mail(self, to: str) -> str:
        """The latest mail to an address, once the worker has sent it; fails after half a minute."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found = [text for file in sorted((self.folder / "mail").glob("*.log"), key=os.path.getmtime)
                     if f"To: {to}" in (text := file.read_text())]  # fmt: skip
            if found:
                return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to}")

    def start(self) -> None:
        """Serves, migrating first, and returns once it answers."""
        port = self.url.rpartition(":")[2]
        with (self.folder / "server.log").open("ab") as out:
            self.process = subprocess.Popen(
                [RSO, "serve", self.deployment, "--port", port, "--migrate"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(httpx.TransportError):
                httpx.get(f"{self.url}/sign-in/login/", timeout=5.0)
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text()[-3000:])

    def stop(self) -> None:
        """Ends the process group: politely, then for good."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


Serve = Callable[..., Served]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """``serve("node", name="avaria", RSO_AGENCY=...)`` starts a deployment; all of them end with the module.

    With ``started=False`` it is only given its folder and settings, so that keys can be made first.
    """
    running: list[Served] = []

    def start(deployment: str, *, name: str = "", started: bool = True, **settings: str) -> Served:
        name = name or deployment
        folder = tmp_path_factory.mktemp(name)
        url = f"http://localhost:{_free_port()}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RSO_", "DJANGO_"))}
        own = {
            "RSO_DATA": str(folder),
            "RSO_BASE_URL": url,
            "RSO_SITE_NAME": name.title(),
            "RSO_COOKIE_PREFIX": f"rso_{name}",
            "RSO_WORKER_IN_SERVER": "yes",
            "RSO_WORKER_POLL_MS": "100",
            "RSO_PSEUDO_LOCALES": "yes",
            **settings,
        }
        served = Served(deployment, url, folder, kept | own)
        running.append(served)
        if started:
            served.start()
        return served

    yield start
    for served in running:
        served.stop()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """The demonstration region, started once for all journeys through it; no process of it outlives them."""
    with running_region(tmp_path_factory.mktemp("region")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a context of its own, for journeys of several people. What the browser complains of
    (a script that the content policy refused, an error in one) fails the test at its end."""
    contexts, said, elsewhere = [], [], []

    def asked_for(request: Request) -> None:
        if not re.match(r"https?://localhost[:/]|data:|blob:", request.url):
            elsewhere.append(request.url)

    def make(*, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB", java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", asked_for)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert [line for line in said if not line.startswith("Failed to load resource")] == []
    assert elsewhere == [], "no page asks another host for anything"


@pytest.fixture
def browser_page(new_page: Callable[..., Page]) -> Page:
    """One person's page."""
    return new_page()


def axe_clean(page: Page) -> None:
    """Fails with what axe finds on the page as it stands."""
    found = Axe().run(page, options=AXE).response["violations"]
    assert not found, "\n".join(
        f"{page.url}: {rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes'][:3]]}"
        for rule in found
    )


def axe_clean_both_ways(page: Page) -> None:
    """As :func:`axe_clean`, and again from right to left; the page is loaded anew, so it must be one that GET gives."""
    axe_clean(page)
    base = re.match(r"https?://[^/]+", page.url)
    assert base is not None
    cookie = next((c["name"] for c in page.context.cookies() if c["name"].endswith("_csrf")), "rso_csrf")
    name = cookie.removesuffix("_csrf") + "_language"
    page.context.add_cookies([{"name": name, "value": "ar-xb", "url": base.group()}])
    page.reload()
    assert page.locator("html").get_attribute("dir") == "rtl"
    axe_clean(page)
    picture(page, "right-to-left-" + re.sub(r"\W+", "-", page.url.removeprefix(base.group())).strip("-"))
    page.context.clear_cookies(name=name)
    page.reload()


def picture(page: Page, name: str) -> None:
    """A screenshot of the whole page into the folder that RSO_SCREENSHOTS names; without it, nothing."""
    folder = os.environ.get("RSO_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name[:80]}.png"), full_page=True)
