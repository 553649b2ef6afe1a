from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.biometrics.errors import TEMPLATE_CODES, TemplateError
from rso.biometrics.minutiae import (
    MAX_MINUTIAE,
    MAX_TEMPLATE_BYTES,
    ExtractorId,
    Kind,
    Minutia,
    Template,
)

minutiae = st.builds(
    Minutia,
    x=st.integers(0, 399),
    y=st.integers(0, 299),
    angle=st.integers(0, 255),
    kind=st.sampled_from(Kind),
    quality=st.integers(0, 100),
)
templates = st.builds(
    lambda found, quality, extractor: Template.of(found, width=400, height=300, quality=quality, extractor=extractor),
    st.lists(minutiae, max_size=200),
    st.integers(0, 100),
    st.sampled_from(ExtractorId),
)
ONE = Template(400, 300, 77, (Minutia(258, 17, 200, Kind.ENDING, 90),))


def code_of(data: bytes) -> str:
    with pytest.raises(TemplateError) as caught:
        Template.decode(data)
    return caught.value.code


@given(templates)
def test_what_is_encoded_is_decoded(template: Template) -> None:
    data = template.encode()
    assert Template.decode(data) == template
    assert len(data) == 12 + 5 * len(template.minutiae) <= MAX_TEMPLATE_BYTES


@given(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(lambda tail: b"RFT\x01\x01" + tail)))
def test_bytes_are_a_template_that_encodes_to_them_or_an_error_of_ours(data: bytes) -> None:
    try:
        template = Template.decode(data)
    except TemplateError as error:
        assert error.code in TEMPLATE_CODES  # noqa: PT017 - either end is right
    else:
        assert template.encode() == data


@given(templates, st.data())
def test_one_changed_byte_is_seen_or_is_another_template(template: Template, data: st.DataObject) -> None:
    encoded = bytearray(template.encode())
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    try:
        changed = Template.decode(bytes(encoded))
    except TemplateError:
        return
    assert changed != template
    assert changed.encode() == bytes(encoded)


def test_the_encoding_is_the_documented_one() -> None:
    assert ONE.encode().hex() == "52465401014d0190012c0100102011c8da"


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, 0, "template-version"),
        (3, 2, "template-version"),
        (4, 9, "template-extractor"),
        (5, 101, "template-limit"),
        (6, 0x20, "template-limit"),
        (10, 2, "template-truncated"),
        (10, 129, "template-limit"),
        (10, 0, "template-malformed"),
        (11, 1, "template-malformed"),
        (12, 0xFF, "template-malformed"),
        (16, 0xFF, "template-malformed"),
    ],
)
def test_each_field_is_checked(place: int, value: int, code: str) -> None:
    data = bytearray(ONE.encode())
    data[place] = value
    assert code_of(bytes(data)) == code


def test_short_and_long_bytes() -> None:
    assert code_of(b"") == "template-truncated"
    assert code_of(ONE.encode()[:-1]) == "template-truncated"
    assert code_of(ONE.encode() + b"\0") == "template-malformed"


def test_minutiae_have_one_order_and_no_repetition() -> None:
    first, second = Minutia(1, 1, 0, Kind.ENDING, 50), Minutia(1, 2, 0, Kind.ENDING, 50)
    assert Template.of([second, first, first], width=9, height=9, quality=1).minutiae == (first, second)
    for wrong in ((second, first), (first, first)):
        with pytest.raises(TemplateError):
            Template(9, 9, 1, wrong)


def test_too_many_minutiae_leave_the_best() -> None:
    many = [Minutia(i, 0, 0, Kind.ENDING, i % 101) for i in range(202)]
    kept = Template.of(many, width=400, height=10, quality=1).minutiae
    assert len(kept) == MAX_MINUTIAE
    assert min(m.quality for m in kept) == 37
    with pytest.raises(TemplateError):
        Template(400, 10, 1, tuple(sorted(many, key=lambda m: (m.y, m.x))))
