"""Recordings are known by their signature, and taken only where they are asked for."""

from __future__ import annotations

import io

import pytest

from rso.files.errors import FileRefused
from rso.files.rules import AUDIO, KINDS, M4A, MP3, OGG, PNG, WAV, Kind, kind_of

REST = b"\x00" * 80
FILES: list[tuple[str, bytes, Kind]] = [
    ("a.opus", b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead" + REST, OGG),
    ("a.ogg", b"OggS\x00\x02" + b"\x00" * 22 + b"\x01vorbis" + REST, OGG),
    ("a.mp3", b"ID3\x04\x00" + REST, MP3),
    ("b.mp3", b"\xff\xfb\x90\x64" + REST, MP3),
    ("a.m4a", b"\x00\x00\x00\x1cftypM4A " + REST, M4A),
    ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + REST, WAV),
]


@pytest.mark.parametrize(("name", "content", "kind"), FILES)
def test_a_recording_is_taken_where_recordings_are(name: str, content: bytes, kind: Kind) -> None:
    assert kind_of(io.BytesIO(content), name, AUDIO) == kind


@pytest.mark.parametrize(("name", "content", "kind"), FILES)
def test_and_nowhere_else(name: str, content: bytes, kind: Kind) -> None:
    with pytest.raises(FileRefused):
        kind_of(io.BytesIO(content), name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ogg", b"OggS\x00\x02" + b"\x00" * 22 + b"\x80theora" + REST),  # a film in the same container
        ("a.m4a", b"\x00\x00\x00\x1cftypisom" + REST),
        ("a.wav", b"RIFF\x24\x00\x00\x00AVI LIST" + REST),
        ("a.mp3", b"\xff\xff\xff\xff" + REST),
        ("a.mp3", b"%PDF-1.7" + REST),
        ("a.mp3", b"\x89PNG\r\n\x1a\n" + REST),
        ("a.mp3", b"just some text"),
        ("a.wav", b"ID3\x04\x00" + REST),  # named as another kind
        ("a.mp3", b""),
    ],
)
def test_what_is_no_recording_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        kind_of(io.BytesIO(content), name, AUDIO)


def test_documents_are_what_they_were() -> None:
    assert kind_of(io.BytesIO(b"\x89PNG\r\n\x1a\n" + REST), "a.png") == PNG
    assert not set(AUDIO) & set(KINDS)
