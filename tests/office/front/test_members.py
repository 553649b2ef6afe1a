"""The public page of members: a neutral map and a list that says the same."""

from __future__ import annotations

import gzip
import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rso.office.directory import queries
from rso.office.directory.models import Standing
from rso.office.front import mapping

VENDOR = Path(mapping.__file__).parent / "data" / "vendor"
TODAY = date(2026, 11, 23)


class TestMap:
    def test_what_is_vendored_is_what_was_looked_at(self) -> None:
        lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
        assert len(lines) == 2
        for line in lines:
            digest, name = line.split()
            assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest

    def test_the_land_is_small_and_lies_in_the_drawing(self) -> None:
        path = mapping.land()
        assert len(gzip.compress(path.encode())) < 10_000
        for ring in path.split("z")[:-1]:
            start, steps = ring.removeprefix("M").split("l")
            x, y = map(int, start.split())
            numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
            assert len(numbers) % 2 == 0
            for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + step_x, y + step_y
                assert -1 <= x <= mapping.WIDTH + 1
                assert -1 <= y <= mapping.HEIGHT + 1

    def test_no_land_runs_across_the_whole_map(self) -> None:
        """A ring that jumps at 180° would draw a band from one edge to the other."""
        for ring in mapping.land().split("z")[:-1]:
            for step in re.findall(r"-?\d+", ring.split("l")[1])[::2]:
                # The top edge of the map cuts Asia and America: nothing else is as long.
                assert abs(int(step)) < mapping.WIDTH * 0.55

    @given(st.floats(-50, 62), st.floats(-180, 180))
    def test_a_place_east_of_180_lies_right_of_one_west_of_it(self, latitude: float, longitude: float) -> None:
        x, _y = mapping.place(latitude, longitude)
        fiji, _ = mapping.place(-18.0, 178.5)
        tonga, _ = mapping.place(-21.0, -175.0)
        assert fiji < tonga
        assert x >= 0

    def test_dots_are_only_of_known_places_and_lie_in_the_drawing(self) -> None:
        dots = mapping.dots([("AUS", "Australia"), ("IOM", "IOM"), ("WSM", "Samoa")])
        assert [dot.code for dot in dots] == ["AUS", "WSM"]
        assert all(0 < dot.x < mapping.WIDTH and 0 < dot.y < mapping.HEIGHT for dot in dots)


@pytest.mark.django_db
@pytest.mark.usefixtures("directory")
class TestPage:
    def drawn(self, page: str) -> set[str]:
        return set(re.findall(r'<a href="#member-([A-Z-]+)"', page))

    def listed(self, page: str) -> set[str]:
        return set(re.findall(r'id="member-([A-Z-]+)"', page))

    def test_every_state_has_a_dot_and_every_dot_leads_into_the_list(self, client: Client) -> None:
        page = client.get(reverse("front:members")).content.decode()
        states = queries.members(TODAY).filter(status=Standing.Status.MEMBER_STATE)
        assert self.drawn(page) == {row.organisation.code for row in states}
        assert self.drawn(page) <= self.listed(page)
        assert len(self.drawn(page)) == 45

    def test_a_group_alone_has_its_dots_and_its_rows_alone(self, client: Client) -> None:
        page = client.get(reverse("front:members"), {"group": "asean", "on": "2018-03-01"}).content.decode()
        assert self.drawn(page) == self.listed(page)
        assert len(self.listed(page)) == 10
        assert "?group=asia&amp;on=2018-03-01" in page
        assert len(self.listed(client.get(reverse("front:members"), {"group": "rumour"}).content.decode())) > 45

    def test_dots_are_equal_and_the_page_carries_nothing_that_takes_a_position(self, client: Client) -> None:
        page = client.get(reverse("front:members")).content.decode()
        assert set(re.findall(r'class="map__dot" [^>]*r="(\d+)"', page)) == {"8"}
        assert len(re.findall(r'class="map__land"', page)) == 1, "one outline of all land, and no boundary in it"
        assert len(gzip.compress(page.encode())) < 25_000

    def test_without_places_there_is_no_map(self, client: Client) -> None:
        page = client.get(reverse("front:members"), {"group": "organisations"}).content.decode()
        assert "map__land" not in page
        assert len(self.listed(page)) == 4
