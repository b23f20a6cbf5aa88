"""Bytes to text: the declared charset, then UTF-8, then cp1252, then what the bytes look like."""

from __future__ import annotations

import codecs
from functools import lru_cache

from charset_normalizer import from_bytes

# Labels that Python does not know, and those whose bytes are in truth a superset (WHATWG Encoding).
_ALIASES = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "windows-1252http-equivcontent-type": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp-850": "cp850",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "x-utf-8": "utf-8",
    "unicode": "utf-16",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-macintosh": "mac-roman",
}
_NO_CHARSET = frozenset(
    {"", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "7bit", "binary", "utf", "none"}
)
_NEVER = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
_DETECT_AT_LEAST = 24
_DETECT_AT_MOST = 64 * 1024


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as cp1252, one by one, so that the rest stays as it is."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("mailbot_cp1252", _as_cp1252)


@lru_cache(maxsize=256)
def codec(declared: str) -> str | None:
    """Python's name for a declared charset; None where there is no such charset."""
    label = declared.strip().strip("\"'").lower()
    if label in _NO_CHARSET:
        return None
    try:
        found = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    # base64, zlib, rot13 … are codecs too, but no charsets.
    return found.name if found._is_text_encoding and found.name not in _NEVER else None


def decode(data: bytes, declared: str = "", *, detect: bool = True) -> tuple[str, str]:
    """The text, and what had to be guessed ("" where the declared charset, or plain ASCII, was right).

    `detect` allows to look at the bytes' statistics: right for a text, useless and slow for a word.
    """
    name = codec(declared) if declared else None
    if data.isascii() and (name is None or name in ("ascii", "utf-8", "cp1252")):
        return data.decode("ascii"), ""
    if name is not None and name != "ascii":
        text = _strictly(data, name)
        if text is not None:
            return text, ""
    text, found = _without_label(data, name, detect=detect)
    told = declared or "no charset"
    return text, f"charset: {told} declared, read as {found}"


def _strictly(data: bytes, name: str) -> str | None:
    try:
        text = data.decode(name)
    except (UnicodeError, ValueError):
        return None
    if name == "utf-7":
        text = text.encode("utf-8", "replace").decode("utf-8")  # it can spell half a surrogate pair
    # UTF-16 decodes nearly anything; a NUL that was not there shows that it is not text.
    return None if "\x00" in text and b"\x00" not in data else text


def _without_label(data: bytes, name: str | None, *, detect: bool) -> tuple[str, str]:
    text = _strictly(data, "utf-8")
    if text is not None:
        return text, "utf-8"
    if _mostly_utf8(data):
        return data.decode("utf-8", "mailbot_cp1252"), "utf-8 with damaged bytes"
    if name is not None and name not in ("ascii", "cp1252", "utf-7"):
        damaged = data.decode(name, "replace")
        if damaged.count("\ufffd") * 20 < len(damaged):
            return damaged, f"{name} with damaged bytes"
    return _guessed(data) if detect and len(data) >= _DETECT_AT_LEAST else (_western(data), "cp1252")


def _mostly_utf8(data: bytes) -> bool:
    """Whether more sequences are valid UTF-8 than not: one damaged byte must not spoil all others."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return sum(1 for letter in text if letter > "\x7f") > 2 * damaged


def _guessed(data: bytes) -> tuple[str, str]:
    high = sum(byte > 0x7F for byte in data[:_DETECT_AT_MOST])
    western = _strictly(data, "cp1252")
    # Western text has few letters beyond ASCII; where most are, the bytes' statistics know better.
    if western is not None and high * 3 < min(len(data), _DETECT_AT_MOST):
        return western, "cp1252"
    best = from_bytes(data[:_DETECT_AT_MOST]).best()
    detected = best.encoding if best else None
    if detected and codec(detected):
        return data.decode(detected, "replace"), f"{detected} (detected)"
    return _western(data), "cp1252"


def _western(data: bytes) -> str:
    return data.decode("cp1252", "replace")
