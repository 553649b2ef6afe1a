"""A dishonest discloser: what all parties signed bounds what is disclosed and for how long, not what one says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.wire.forgery import refused
from tests.wire.parties import AVARIA, directory, signed
from tests.wire.simulator import FIELDS, KEPT, PURPOSE, Region, region

from rso.wire import limits
from rso.wire.messages import Disclosure
from rso.wire.steps import Step
from rso.wire.verify import Opened, open_inner, verify_outer

NAME = {"family-name": "Synthetic Example"}


@pytest.fixture
def here() -> Region:
    return region()


def disclosed(here: Region, expires: int, fields: Mapping[str, str] = NAME, purpose: str = PURPOSE) -> Opened:
    """What the asker makes of a disclosure of the holder's, all but its place in the conversation."""
    meta = here.asker.meta(here.holder.agency, purpose).reply()
    withheld = {} if fields else {"sex": "declined"}
    sealed = here.holder.seal(Disclosure(meta, fields, withheld, (), expires), AVARIA)
    verified = verify_outer(sealed.envelope, now=here.asker.now, resolve_node_key=here.directory.node_key)
    return open_inner(
        verified,
        now=here.asker.now,
        opening_keys=here.asker.opening.get,
        resolve_agency_key=here.directory.agency_key,
        arrangements=here.asker.arrangements.get,
    )


def test_kept_as_long_as_agreed_and_not_a_second_longer(here: Region) -> None:
    longest = here.holder.now + KEPT
    assert disclosed(here, longest).message.expires == longest  # type: ignore[attr-defined]
    refused(Step.PURPOSE, "kept-too-long", lambda: disclosed(here, longest + 1))


def test_kept_for_ten_years_does_not_pass_even_where_nothing_is_given(here: Region) -> None:
    ten_years = here.holder.now + 3_652 * limits.DAY
    refused(Step.PURPOSE, "kept-too-long", lambda: disclosed(here, ten_years))
    refused(Step.PURPOSE, "kept-too-long", lambda: disclosed(here, ten_years, {}))


def test_what_travelled_for_days_is_kept_no_longer_for_it(here: Region) -> None:
    """The time runs from the message's own date, which its signature covers, not from its arrival."""
    expires = here.holder.now + KEPT
    here.clock.step(days=-1)
    refused(Step.PURPOSE, "kept-too-long", lambda: disclosed(here, expires))


def test_every_agreed_field_and_no_other(here: Region) -> None:
    every = dict.fromkeys(sorted(FIELDS), "Synthetic")
    assert disclosed(here, here.holder.now, every).message.fields == every  # type: ignore[attr-defined]
    refused(Step.PURPOSE, "field-not-agreed", lambda: disclosed(here, here.holder.now, every | {"religion": "x"}))


def test_what_is_withheld_may_have_any_name(here: Region) -> None:
    assert disclosed(here, here.holder.now, {}).message.fields == {}  # type: ignore[attr-defined]


def test_a_purpose_that_is_not_agreed_has_no_fields(here: Region) -> None:
    refused(Step.PURPOSE, "purpose-not-allowed", lambda: disclosed(here, here.holder.now, NAME, "curiosity"))


def test_an_arrangement_says_it_of_each_purpose() -> None:
    checked = signed().check(directory())
    document = checked.arrangement
    assert checked.kept_for() == document.disclosure_days * limits.DAY > 0
    assert checked.fields_for("identity-fraud") == document.fields_for("identity-fraud") != ()
    assert checked.fields_for("curiosity") == ()
