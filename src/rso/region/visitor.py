"""A person's browser, or a program in its place: signs in by a one-time link and calls the JSON interface."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

import httpx

from rso.base.errors import RsoError


class Visitor:
    """One signed-in session at one place; cookies and the token against forgery are kept like a browser's."""

    def __init__(self, base_url: str, title: str) -> None:
        self.title = title
        self._client = httpx.Client(base_url=base_url, timeout=60.0, follow_redirects=False)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._client.close()

    def sign_in(self, path: str) -> None:
        """Opens the link's page and posts its form, as a person does."""
        page = self._client.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if found is None:
            raise RsoError("link-spent", f"{self.title}: the sign-in link did not open ({page.status_code}).")
        answer = self._client.post(
            path, data={"csrfmiddlewaretoken": found.group(1)}, headers={"Referer": str(page.url)}
        )
        if answer.status_code != 302:
            raise RsoError("sign-in-failed", f"{self.title}: signing in gave {answer.status_code}.")

    @property
    def cookies(self) -> str:
        """This session as a ``Cookie`` header, for whoever brings a client of their own."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)

    def _token(self) -> dict[str, str]:
        token = next((c.value for c in self._client.cookies.jar if c.name.endswith("_csrf")), None)
        return {"X-CSRFToken": token or "", "Referer": str(self._client.base_url)}

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON at a path; raises ``RsoError`` with the problem's own words for anything but 2xx."""
        return self._read(self._client.get(path, params=query))

    def post(self, path: str, body: dict[str, Any] | None = None, **files: tuple[str, bytes, str]) -> Any:
        """Posts JSON, or with files a form of several parts."""
        if files:
            return self._read(self._client.post(path, data=body or {}, files=files, headers=self._token()))
        return self._read(self._client.post(path, json=body or {}, headers=self._token()))

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Puts JSON."""
        return self._read(self._client.put(path, json=body, headers=self._token()))

    def press(self, path: str) -> None:
        """Presses a page's button that needs no more than itself; the page answers by leading on."""
        answer = self._client.post(path, headers=self._token())
        if not answer.is_redirect:
            self._read(answer)

    def post_for_file(self, path: str) -> bytes:
        """Posts, and gives the bytes of the file that comes back."""
        answer = self._client.post(path, headers=self._token())
        if not answer.is_success:
            self._read(answer)
        return answer.content

    def download(self, path: str) -> bytes:
        """The bytes at a path."""
        answer = self._client.get(path)
        if answer.status_code != 200:
            self._read(answer)
        return answer.content

    def _read(self, answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json() if answer.content else {}
        try:
            problem = answer.json()
        except ValueError:
            problem = {"title": answer.text[:200]}
        words = problem.get("detail") or problem.get("title") or ""
        raise RsoError(
            str(problem.get("code", "request-failed")),
            f"{self.title}: {answer.request.method} {answer.request.url.path} gave {answer.status_code}: "
            f"{words} {problem.get('errors', '')}",
        )
