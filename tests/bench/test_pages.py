"""A small office is filled, served and measured; what cannot be counted is an error that says so."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from rso.base.errors import RsoError
from rso.bench import browsing, pages
from rso.bench.browsing import Fetched
from rso.cli.main import main


def test_a_page_that_is_a_list_is_held_to_the_aims_and_others_are_not() -> None:
    good = {"queries": 12, "p95_ms": 100.0}
    slow = {"queries": 13, "p95_ms": 100.1, "as_staff": {"queries": 1, "p95_ms": 1.0}}
    assert pages._missed(99_999, {"/a/": good}) == []
    assert pages._missed(100_000, {"/b/": slow}) == [
        "the first page has 100000 bytes", "/b/: queries 13", "/b/: p95_ms 100.1",
    ]  # fmt: skip


def test_what_a_browser_says_is_counted_once_and_other_hosts_are_seen() -> None:
    found = Fetched()
    for number, url in enumerate(("http://localhost:1/", "http://localhost:1/a.css", "http://elsewhere.invalid/x")):
        found.hear("Network.requestWillBeSent", {"requestId": str(number), "request": {"url": url}})
        found.hear("Network.loadingFinished", {"requestId": str(number), "encodedDataLength": 100})
    found.hear("Network.requestWillBeSent", {"requestId": "d", "request": {"url": "data:image/png;base64,"}})
    assert (found.bytes, found.others("localhost:1"), found.open, found.loaded) == (300, 1, set(), False)
    found.hear("Page.loadEventFired", {})
    assert found.loaded


def test_no_chromium_is_said_before_anything_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RsoError, match="apt-get install chromium"):
        pages.measure(pages.Wishes(), lambda line: pytest.fail(line))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no browser: on Debian, apt-get install chromium")
def test_a_tiny_run_gives_every_figure() -> None:
    arguments = ["bench", "pages", "--records", "60", "--requests", "5", "--seconds", "0.2", "--json"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert 0 < told["first_page_bytes"] < 100_000
    assert told["other_hosts"] == 0
    assert {"/", "/members/", "/people/", "/proposals/", "/enquiries/", "/audit/"} <= set(told["pages"])
    assert told["pages"]["/people/"]["as"] == "office-administrator"
    assert told["pages"]["/"]["as"] == "anonymous"
    for path, page in told["pages"].items():
        assert 0 < page["p50_ms"] <= page["p95_ms"], path
        assert page["queries"] <= 12 or path not in told["lists"], path
    assert {"/people/", "/people/?page=2", "/search/?q=workshop"} <= set(told["lists"])
    assert all(rate > 0 for rates in told["requests_per_second"].values() for rate in rates.values())


def test_a_browser_that_cannot_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "chromium", lambda: "/bin/false")
    with pytest.raises(RsoError, match="Chromium ended"):
        browsing.fetch("http://localhost:1/")
