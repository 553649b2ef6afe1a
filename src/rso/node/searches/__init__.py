"""Questions about prints, both sides: ask, answer, examine, disclose. One conversation of the post each."""
