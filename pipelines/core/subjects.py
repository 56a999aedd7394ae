"""Hashes that stand for persons: keyed, so that nobody without the key file can try out names or numbers."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.core.store import Store

FOLDER, FILE = "keys", "privacy.key"


def secret(place: Store) -> bytes:
    """The key of this data folder, made on first use: 32 random bytes in a file of the running user alone, outside version control."""
    path: Path = place.root / FOLDER / FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        made = path.with_name(f".{FILE}.{os.getpid()}")
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(made, path)  # two that make it at once end up with one key
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_bytes()


def keyed(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA256 of a value of a kind, as 32 hex digits."""
    plain = f"{kind}:{value.strip().casefold()}".encode()
    return hmac.new(key, plain, hashlib.sha256).hexdigest()[:32]


def pseudonyms(key: bytes, person_ids: Iterable[str]) -> Mapping[str, str]:
    """Person to pseudonym; of a kind of its own, so that it says nothing about tombstones."""
    return {person: f"p_{keyed(key, 'pseudonym', person)[:16]}" for person in person_ids}
