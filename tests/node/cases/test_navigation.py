"""Which section of the menu a page lies in."""

from __future__ import annotations

import pytest

from rso.node.cases.navigation import section_of

ADDRESSES = ["/", "/searches/", "/searches/probes/", "/searches/requests/", "/post/arrangements/", "/post/"]


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/", "/"),
        ("/searches/new/", "/searches/"),
        ("/searches/probes/", "/searches/probes/"),
        ("/searches/candidates/0b0e/", "/searches/probes/"),
        ("/searches/requests/0b0e/", "/searches/requests/"),
        ("/post/arrangements/new/", "/post/arrangements/"),
        ("/post/outbox/", "/post/"),
        ("/sign-in/2fa/", ""),
    ],
)
def test_a_page_lies_in_one_section_the_nearest(path: str, section: str) -> None:
    assert section_of(path, ADDRESSES) == section


def test_a_comparison_lies_nowhere_for_who_has_no_queue() -> None:
    assert section_of("/searches/candidates/0b0e/", ["/", "/post/"]) == ""
