"""Where key-encryption keys live: outside of every database."""

from __future__ import annotations

from typing import Protocol


class KeyRing(Protocol):
    """Key-encryption keys (32 bytes) by the week for which they were made, such as ``2026-W48``."""

    def epochs(self) -> tuple[str, ...]:
        """The weeks of which there is a key, oldest first."""
        ...

    def key(self, epoch: str) -> bytes:
        """The key of that week; raises ``VaultError`` (``no-such-epoch``) if it is not, or no longer, there."""
        ...

    def make(self, epoch: str) -> bytes:
        """The key of that week, made if there is none yet. Two processes that make it get the same one."""
        ...

    def destroy(self, epoch: str) -> None:
        """Destroys the key of that week; destroying it again does nothing."""
        ...
