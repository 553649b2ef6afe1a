"""Why an upload is refused. Each code has its words for people in ``presenters``."""

from __future__ import annotations

from rso.base.errors import RsoError


class FileRefused(RsoError):
    """An upload that is not taken; nothing of it is kept.

    Codes: ``file-empty``, ``file-too-large``, ``file-wrong-type``, ``file-misnamed``, ``file-macros``,
    ``file-active``, ``file-encrypted``, ``file-bomb``, ``file-unreadable``,
    ``file-infected``, ``file-too-many``, ``scanner-away``, ``disk-full``.
    """
