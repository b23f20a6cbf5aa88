"""Marks: the ids by which a letter is known as ours, which only the holder of the key can make."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KEY_BYTES = 32
_MAC_LENGTH = 32
_MAC_CHARACTERS = frozenset("0123456789abcdef")
_ID_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "-")
_BETWEEN = str.maketrans(dict.fromkeys("<>,;:()[]\"'=", " "))


class KeyFault(Exception):  # noqa: N818 - named in the project's own words
    """The file of the key cannot be trusted; the text says why and what to do."""


class Marks:
    """Makes and knows the Message-IDs and tokens of our letters (MAIL.md, "Automatic mail").

    A letter's id is made of capital letters, digits and hyphens (`IM-000123-2`). Marks are in small letters,
    since some servers change the case of a Message-ID.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _KEY_BYTES:
            raise ValueError(f"the key of our marks needs {_KEY_BYTES} bytes")
        self._key = key

    def token(self, letter_id: str) -> str:
        """The mark, `im-000123-2.HMAC`, the same at every retry. Raises ValueError for an odd letter id."""
        name = letter_id.lower()
        if not name or not _ID_CHARACTERS.issuperset(name):
            raise ValueError("a letter's id is made of letters, digits and hyphens")
        return f"{name}.{self._mac(name)}"

    def message_id(self, letter_id: str, domain: str) -> str:
        """A Message-ID with its angle brackets (RFC 5322, 3.6.4), the same at every retry."""
        return f"<{self.token(letter_id)}@{domain}>"

    def letter_of(self, value: str) -> str | None:
        """The id of the letter whose mark stands anywhere in a header's value; None where none does."""
        for word in value.lower().translate(_BETWEEN).split():
            name, _, mac = word.partition("@")[0].rpartition(".")
            if self._holds(name, mac):
                return name.upper()
        return None

    def ours(self, value: str) -> bool:
        """Whether a mark of ours stands in the value."""
        return self.letter_of(value) is not None

    def _holds(self, name: str, mac: str) -> bool:
        if len(mac) != _MAC_LENGTH or not _MAC_CHARACTERS.issuperset(mac):
            return False
        if not name or not _ID_CHARACTERS.issuperset(name):
            return False
        return hmac.compare_digest(mac, self._mac(name))

    def _mac(self, name: str) -> str:
        purpose = b"mailbot letter\0" + name.encode("ascii")
        return hmac.new(self._key, purpose, hashlib.sha256).hexdigest()[:_MAC_LENGTH]


def load_key(path: Path) -> bytes:
    """The key in the file, which is made with mode 0600 where there is none.

    Raises KeyFault for a file that others can read or that holds no key, OSError where it cannot be made.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        _make(path)
        return _read(path)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        key = file.read(_KEY_BYTES + 1)
    if mode & 0o077:
        raise KeyFault(f"{path}: others can read the key of our marks; run: chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        raise KeyFault(f"{path}: is no key of our marks; put it back from the backup")
    return key


def _make(path: Path) -> None:
    """Write the key beside and link it into place, so that a crash leaves a whole key or none."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        _link(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _link(beside: Path, path: Path) -> None:
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return  # another process was first: its key is the key
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
