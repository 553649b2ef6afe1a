"""PostgreSQL restarts in the middle: a page says to try again, the form goes through afterwards, the worker goes on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from tests import postgres
from tests.days.conftest import RSO, Opening
from tests.days.forms import OFFER, PATH


@pytest.fixture(scope="module")
def database() -> Iterator[postgres.Server]:
    with postgres.running() as found:
        if found is None:
            pytest.skip("no PostgreSQL: on Debian, apt-get install postgresql")
        with psycopg.connect(found.address + "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE office")
        yield found


@pytest.mark.slow
def test_a_restart_costs_half_a_minute_and_nothing_else(database: postgres.Server, office: Opening) -> None:
    here = office(RSO_DATABASE_URL=database.address + "office", RSO_LOG_LEVEL="WARNING")
    worker = subprocess.Popen(
        [RSO, "work", "office"], env=here.environment | {"RSO_WORKER_POLL_MS": "100"}, stderr=subprocess.PIPE, text=True
    )
    try:
        with httpx.Client(headers={"Referer": here.url + "/"}, timeout=30) as client:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(here.url + PATH).text)
            assert token is not None
            form = OFFER | {"csrfmiddlewaretoken": token.group(1)}

            database.stop()
            away = client.post(here.url + PATH, data=form)
            assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
            assert "What you typed is not lost" in away.text
            page = client.get(here.url + "/members/")
            assert (page.status_code, page.headers["Cache-Control"]) == (503, "no-store")
            assert "reload this page" in page.text
            told = client.get(here.url + "/api/directory/members")
            assert (told.status_code, told.json()["code"]) == (503, "try-again")
            assert client.get(here.url + "/ui/").status_code == 200  # what needs no database goes on

            database.start()
            here.until(lambda: client.get(here.url + "/members/").status_code == 200, within_s=15)
            again = client.post(here.url + PATH, data=form)
            assert again.status_code == 302, again.text[:2000]
        assert here.run("from rso.office.intake.models import Enquiry; print(Enquiry.objects.count())") == "1"
        # The worker was there before, and takes up what comes after.
        here.until(
            lambda: (
                here.run("from rso.notices.models import Mail; print(Mail.objects.filter(state='sent').exists())")
                == "True"
            ),
            within_s=60,
        )
        assert worker.poll() is None
    finally:
        worker.terminate()
        _, said = worker.communicate(timeout=20)
    assert "cannot reach its database" in said


@pytest.mark.slow
def test_a_connection_that_was_lost_is_replaced_before_it_is_used(database: postgres.Server, office: Opening) -> None:
    here = office(RSO_DATABASE_URL=database.address + "office")
    for _round in range(3):
        with psycopg.connect(database.address + "office", autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        page = here.get("/members/")
        assert page is not None
        assert page.status_code == 200
