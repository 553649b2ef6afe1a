"""Records of the asker's side and of the holder's side."""

from __future__ import annotations

from rso.node.searches.models.answering import (
    Candidate,
    DisclosureCase,
    Finding,
    ReceivedProbe,
    Ruling,
)
from rso.node.searches.models.asking import Agreement, DisclosureAsk, Question, Search

__all__ = [
    "Agreement",
    "Candidate",
    "DisclosureAsk",
    "DisclosureCase",
    "Finding",
    "Question",
    "ReceivedProbe",
    "Ruling",
    "Search",
]
