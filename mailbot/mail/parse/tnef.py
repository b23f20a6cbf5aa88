"""winmail.dat: what Outlook packs around a mail in its own format (TNEF), opened."""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass

from tnefparse import TNEF

from mailbot.mail.parse.charset import decode

# What tnefparse raises on damaged files.
_BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    NameError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    OSError,
    struct.error,
)
logging.getLogger("tnefparse").disabled = True  # it would log names and words of the mail


@dataclass(frozen=True, slots=True)
class Opened:
    """The text, in one or both forms, and the files with their names."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


def read(data: bytes) -> Opened | None:
    """None where the bytes are no TNEF, or damaged."""
    try:
        tnef = TNEF(data, do_checksum=False)
        files = tuple((_name(file), bytes(file.data or b"")) for file in tnef.attachments)
        opened = Opened(_text(tnef.body), _text(tnef.htmlbody), files)
    except _BROKEN:
        return None
    return opened if opened.text or opened.html or opened.files else None


def _name(file: object) -> str:
    long_name = getattr(file, "long_filename", None)
    name = long_name() if callable(long_name) else getattr(file, "name", "")
    return _text(name).strip("\x00 ")


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    if isinstance(value, (bytes, bytearray)):
        return decode(bytes(value))[0]
    return value if isinstance(value, str) else ""
