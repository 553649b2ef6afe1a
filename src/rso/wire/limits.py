"""Every untrusted size and count, by name. Sizes are bytes, spans are seconds, text is UTF-8 bytes."""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB
HOUR = 3600
DAY = 24 * HOUR
WEEK = 7 * DAY

# ---------------------------------------------------------------- CBOR
CBOR_DEPTH = 8
CBOR_ITEMS = 20_000
"""Items (keys, values, elements) in one encoded value, so that a small file cannot become a large
structure."""
CBOR_KEY = 54
"""Characters: an agency's identifier is the longest key (12, 8 and 32, with two strokes)."""

# ---------------------------------------------------------------- identifiers and codes
MEMBER = 12
CLASS = 8
AGENCY = 32
SERVICE = 48
CODE = 48

# ---------------------------------------------------------------- times
CLOCK_SKEW = 5 * 60
"""How far the sender's clock may be ahead of ours."""
LIFETIME = 35 * DAY
"""The longest time from created to expires: thirty days offline, and a margin."""
UNIX_SECONDS = 253_402_300_799
"""The last second of the year 9999."""
KEY_PUBLICATION = 3 * WEEK
"""The longest time during which one weekly encryption key may be sealed to."""

# ---------------------------------------------------------------- keys
KEY_RECORD = 8 * KIB

# ---------------------------------------------------------------- envelope
CHUNK = 1 * MIB
"""Plaintext of one sealed chunk, at most."""
CHUNKS = 16
BODY = CHUNKS * CHUNK
"""Padded plaintext of a body: the largest bucket."""
HEADER = 1 * KIB
ENVELOPE = BODY + 64 * KIB

# ---------------------------------------------------------------- messages
IMAGE = 8 * MIB
RESOLUTION_LEAST = 100
RESOLUTION_MOST = 4000
"""Pixels per inch."""
LINE = 400
"""A name, a subject, a single line of text."""
NOTE = 4_000
"""A reason or a justification."""
LETTER = 40_000
"""The text of a written request or reply."""
FIELDS = 40
"""Named fields in one disclosure request or disclosure."""
FIELD_TEXT = 4_000
HANDLING_CODES = 16
DISCLOSURE = 64 * KIB
"""The fields of a disclosure together: it has to fit into the bucket of all answers."""
ARRANGEMENT_DOCUMENT = 512 * KIB
ARRANGEMENT_SIGNATURE = 16 * KIB
