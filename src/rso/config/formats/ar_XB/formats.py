"""The right-to-left pseudo-language writes dates as English does, so that tests of direction read them."""

from __future__ import annotations

from rso.config.formats.en.formats import *
