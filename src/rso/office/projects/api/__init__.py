"""The interface of proposals and projects; its routes hang on ``router``."""

from __future__ import annotations

from rso.office.projects.api.operations import router

__all__ = ["router"]
