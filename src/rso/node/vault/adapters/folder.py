"""The key ring as a folder: one file of 32 bytes for each week, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from rso.node.vault.rules import KEY, VaultError
from rso.wire.epochs import Epoch

_SUFFIX = ".kek"


class FolderKeyRing:
    """Implements :class:`rso.node.vault.ports.KeyRing`. Keep the folder off every backup of the databases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, epoch: str) -> Path:
        return self.folder / f"{Epoch.parse(epoch)}{_SUFFIX}"

    def epochs(self) -> tuple[str, ...]:
        if not self.folder.is_dir():
            return ()
        found = (Epoch.parse(path.stem) for path in self.folder.glob(f"*{_SUFFIX}"))
        return tuple(str(epoch) for epoch in sorted(found))

    def key(self, epoch: str) -> bytes:
        path = self._path(epoch)
        try:
            mode = path.stat().st_mode & 0o777
            key = path.read_bytes()
        except FileNotFoundError:
            raise VaultError("no-such-epoch", f"The key ring has no key of {epoch}.") from None
        if mode & 0o077:
            raise VaultError("keyring-open", f"Others can read the key ring: set the mode of {path.name} to 600.")
        if len(key) != KEY:
            raise VaultError("keyring-damaged", f"The key of {epoch} in the key ring is damaged: restore it.")
        return key

    def make(self, epoch: str) -> bytes:
        path = self._path(epoch)
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(path)
        return self.key(epoch)

    def _write(self, path: Path) -> None:
        """Whole or not at all, and never over another process's file: written aside, then linked."""
        aside = path.with_suffix(f".{secrets.token_hex(8)}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_bytes(KEY))
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(aside, path)
        except FileExistsError:
            pass  # another process was first, and its key is the one that counts
        finally:
            aside.unlink()
        self._sync_folder()

    def destroy(self, epoch: str) -> None:
        path = self._path(epoch)
        try:
            with path.open("r+b") as file:
                file.write(bytes(KEY))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._sync_folder()

    def _sync_folder(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
