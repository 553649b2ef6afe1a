"""A sender in a process of its own: seals what it is told, hands it in, and keeps what it said in memory.

Reads one line of JSON from standard input, and says ``done`` when the relay has accepted everything.
"""

from __future__ import annotations

import json
import sys

from tests.relay.region import AVARIA, BORDUNA, sealed
from tests.relay.served import Dialler

from rso.wire.messages import Answer, Meta, Outcome, Probe
from rso.wire.questions import PNG


def main() -> None:
    told = json.loads(sys.stdin.readline())
    meta = Meta(
        BORDUNA.service("fingerprint-search"),
        AVARIA.service("fingerprint-search"),
        bytes(16),
        "identity-verification",
        "domestic-law",
    )
    probe = Probe(meta, "fingerprint", 2, 500, PNG + told["probe"].encode() * 40)
    answer = Answer(meta.reply(), Outcome.REFUSED, told["answer"])
    kept = []
    for sender, recipient, message in ((AVARIA, BORDUNA, probe), (BORDUNA, AVARIA, answer)):
        node = Dialler(sender, told["url"])
        assert node.register().status_code == 200
        kept.append((sender, recipient, message, node))
    for sender, recipient, message, node in kept:
        assert node.hand_in(sealed(sender, recipient, message))["code"] == ""
    print("done", flush=True)
    sys.stdin.readline()  # what was said stays in memory until the test has looked
    print(len(kept))


if __name__ == "__main__":
    main()
