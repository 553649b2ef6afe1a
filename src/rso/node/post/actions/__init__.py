"""What the post does. Apps above it call these and nothing beneath."""

from __future__ import annotations

from rso.node.post.actions.arrangements import discard, draft, end, propose, sign
from rso.node.post.actions.believing import accept as accept_directory
from rso.node.post.actions.conversations import destroy_contents, lapse
from rso.node.post.actions.exchange import Pass, exchange_once
from rso.node.post.actions.files import read_file, write_file
from rso.node.post.actions.keys import destroy_old_keys, make_signing_keys, make_weekly_keys
from rso.node.post.actions.notarising import evidence
from rso.node.post.actions.receiving import POST, take
from rso.node.post.actions.sending import SYSTEM_CLOCK, send, terms_of

__all__ = [
    "POST",
    "SYSTEM_CLOCK",
    "Pass",
    "accept_directory",
    "destroy_contents",
    "destroy_old_keys",
    "discard",
    "draft",
    "end",
    "evidence",
    "exchange_once",
    "lapse",
    "make_signing_keys",
    "make_weekly_keys",
    "propose",
    "read_file",
    "send",
    "sign",
    "take",
    "terms_of",
    "write_file",
]
