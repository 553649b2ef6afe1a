"""The library for programs: what may be read by whoever asks, and for its keepers what the pages do."""

from rso.office.library.api.operations import router

__all__ = ["router"]
