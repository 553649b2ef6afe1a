from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rso.accounts.rules import ANONYMOUS, NotAllowed, system_actor
from rso.base.errors import RsoError
from rso.office.directory import queries
from rso.office.directory.actions.loading import load
from rso.office.directory.models import Body, Passage, Resource, Standing

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("command-line")
BROCHURE = date(2018, 3, 1)
TODAY = date(2026, 11, 23)


@pytest.fixture
def loaded() -> None:
    load(SYSTEM)


@pytest.mark.usefixtures("loaded")
class TestShippedFacts:
    def test_the_brochures_forty_eight_and_the_one_that_joined(self) -> None:
        then = queries.members(BROCHURE)
        assert then.filter(status="member-state").count() == 45
        assert then.count() == 48
        assert queries.members(TODAY).count() == 49

    def test_the_groups_have_the_brochures_sizes(self) -> None:
        sizes = [len(rows) for _group, rows in queries.members_by_group(BROCHURE)]
        assert sizes == [22, 10, 12, 1, 3]

    def test_names_stand_in_alphabetical_order(self) -> None:
        names = [row.display_name for row in queries.members(TODAY)]
        assert names == sorted(names)

    def test_four_objectives_and_eight_principles(self) -> None:
        assert queries.passages("objective", TODAY).count() == 4
        assert queries.passages("principle", TODAY).count() == 8

    def test_a_newer_fact_replaces_the_older_from_its_day_on(self) -> None:
        def text(day: date) -> str:
            return queries.passages("background", day).get(code="bali-process").text

        assert "48 members" in text(BROCHURE)
        assert "ILO" in text(TODAY)

    def test_who_chaired_the_disruption_group_and_when(self) -> None:
        def chairs(day: date) -> list[str]:
            body = queries.bodies(day).get(code="wg-disruption")
            return [chair.organisation.code for chair in body.chairs_now]

        assert chairs(BROCHURE) == ["MYS", "NZL"]
        assert chairs(TODAY) == ["NZL", "VNM"]

    def test_groups_and_chairs_that_are_newer_than_the_brochure_begin_on_their_day(self) -> None:
        assert not queries.bodies(BROCHURE).filter(code="teg-rr").exists()
        assert queries.bodies(TODAY).filter(code="teg-rr").exists()
        task_force = queries.bodies(date(2017, 1, 26)).get(code="tfpp")
        assert task_force.chairs_now == []
        now = queries.bodies(TODAY).get(code="tfpp")
        assert [chair.organisation.code for chair in now.chairs_now] == ["AUS", "IDN"]

    def test_the_brochures_own_words(self) -> None:
        words = {row.code: row.text for row in Passage.objects.filter(version=1)}
        assert words["co-managers"].startswith("Day to day operations of the RSO are overseen by")
        assert "by drawing on the knowledge, expertise, and experience of Member States" in words["cooperation"]
        assert "The RSO is the regional focal point for coordination, engagement," in words["partnering"]

    def test_loading_twice_changes_nothing(self) -> None:
        before = [m.objects.count() for m in (Standing, Passage, Body, Resource)]
        load(SYSTEM)
        assert [m.objects.count() for m in (Standing, Passage, Body, Resource)] == before

    def test_every_fact_has_a_source(self) -> None:
        for model in (Standing, Passage, Body, Resource):
            assert not model.objects.filter(source="").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [("members = 3", "lacks|could not"), ("[members", "could not be read"), ("[members]\n", "lacks")],
)
def test_a_broken_file_is_refused_whole(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(content)
    with pytest.raises(RsoError, match=told):
        load(SYSTEM, path=path)
    assert not Standing.objects.exists()


def test_not_everybody_loads() -> None:
    with pytest.raises(NotAllowed):
        load(ANONYMOUS)
