"""People of the region in a browser: signed in by one-time links, and every page that they see is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect
from tests.journeys.conftest import axe_clean, picture
from tests.journeys.running import Region

from rso.ui.pseudo import untranslated

#: Our pages answer at once, but the machine may be busy with five deployments.
PATIENCE_MS = 20_000


@dataclass
class Person:
    """Somebody at one place, with a browser window of their own."""

    page: Page
    place: str
    base: str

    def open(self, path: str) -> None:
        """Goes to a path of the place; the page must be there."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.ok, f"{self.page.url}: {answer.status}"

    def press(self, name: str) -> None:
        """Presses the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follows the link of this name."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def sees(self, text: str) -> None:
        """Waits until the page says this."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def comes_to_see(self, text: str) -> None:
        """Loads the page again until it says this: news of other members take their time."""

        def said() -> bool:
            self.page.reload()
            return self.page.get_by_text(text).first.is_visible()

        for _look in range(120):
            if said():
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{self.page.url} never said “{text}”: {self.page.inner_text('main')[:1500]}")

    def looked_at(self, name: str) -> None:
        """The page as it stands is accessible; loaded again from right to left it still is, and all is translated."""
        page = self.page
        axe_clean(page)
        picture(page, name)
        cookie = {"name": f"rso_{self.place}_language", "url": self.base}
        page.context.add_cookies([{**cookie, "value": "ar-xb"}])
        answer = page.reload()
        assert answer is not None
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        loose = untranslated(answer.text())
        assert loose == [], f"{page.url}: {loose}"
        axe_clean(page)
        picture(page, f"{name}-rtl")
        page.context.clear_cookies(name=cookie["name"])
        page.reload()
        expect(page.locator("html")).to_have_attribute("dir", "ltr")

    def sideways(self) -> None:
        """No page is wider than its window."""
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{self.page.url} scrolls sideways by {width} pixels"


Arrive = Callable[..., Person]


def arriving(region: Region, new_page: Callable[..., Page]) -> Arrive:
    """``arrive("avaria", "officer XAV")`` opens a window, follows a one-time link and posts its form."""

    def arrive(place: str, who: str = "", **options: bool) -> Person:
        page = new_page(**options)
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        person = Person(page, place, region.places[place].url)
        if who:
            page.goto(region.link(place, who))
            page.get_by_role("button", name=re.compile("^Sign in$")).click()
            expect(page.locator(".menu-user")).to_be_visible()
        return person

    return arrive
