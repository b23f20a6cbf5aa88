"""Header fields as they are written: clean of control characters, encoded and folded (RFC 5322, RFC 2047)."""

from __future__ import annotations

import base64
import string
import unicodedata

_LINE = 76  # RFC 2047, 2: a line with an encoded word is no longer
_LONGEST = 900  # RFC 5322, 2.1.1: a line has at most 998 octets
_IDS = 50  # so that an endless thread makes no endless header
_ATEXT = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~")
_DOMAIN = frozenset(string.ascii_letters + string.digits + ".-:[]")
_ENCODED_FRAME = len("=?utf-8?b??=")
_UNWANTED = frozenset(
    {"Cc", "Cf", "Cs", "Zl", "Zp"}
)  # controls, invisible and turning marks, lone surrogates


def one_line(value: str) -> str:
    """The value without anything that could end a line or hide text, its spaces joined."""
    clean = "".join(" " if unicodedata.category(letter) in _UNWANTED else letter for letter in value)
    return " ".join(clean.split())


def unstructured(name: str, value: str) -> str:
    """A field of free text, as Subject."""
    text = one_line(value)
    words = text.split(" ")
    if text.isascii() and "=?" not in text and all(len(word) < _LINE - len(name) - 2 for word in words):
        return _folded(name, words)
    return _folded(name, encoded_words(text, len(name) + 2))


def mailbox(name: str, shown: str, address: str) -> str:
    """A field with one mailbox (RFC 5322, 3.4), as From."""
    words = _phrase(one_line(shown), len(name) + 2)
    return _folded(name, [*words, f"<{_address(address)}>"] if words else [_address(address)])


def identifiers(name: str, values: tuple[str, ...]) -> str:
    """A field of message ids (RFC 5322, 3.6.4), the first and the last of very many; "" where none is one."""
    ids = list(dict.fromkeys(found for value in values for found in _ids(value)))
    if len(ids) > _IDS:
        ids = [ids[0], *ids[-(_IDS - 1) :]]
    return _folded(name, ids) if ids else ""


def encoded_words(text: str, used: int = 0) -> list[str]:
    """The text as encoded words (RFC 2047), cut between characters; `used` columns of line one are taken."""
    words: list[str] = []
    rest = text.encode("utf-8", "replace")
    while rest:
        room = (_LINE - _ENCODED_FRAME - (used if not words else 1)) // 4 * 3
        cut = _between_characters(rest, max(room, 4))
        words.append(f"=?utf-8?b?{base64.b64encode(rest[:cut]).decode('ascii')}?=")
        rest = rest[cut:]
    return words


def _between_characters(data: bytes, at: int) -> int:
    """The last place at or before `at` where a UTF-8 character begins."""
    if at >= len(data):
        return len(data)
    while data[at] & 0xC0 == 0x80:
        at -= 1
    return at


def _folded(name: str, words: list[str]) -> str:
    """The field with a new line before each word that would pass the margin."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _phrase(shown: str, used: int) -> list[str]:
    """A display name: plain words, a quoted string, or encoded words."""
    if not shown:
        return []
    words = shown.split(" ")
    if not shown.isascii() or "=?" in shown or len(shown) > _LINE - used - 2:
        return encoded_words(shown, used)
    if all(_ATEXT.issuperset(word) for word in words):
        return words
    return [_quoted(shown)]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _address(address: str) -> str:
    """The address as RFC 5322, 3.4.1 writes it; what is not ASCII becomes `?`, and the outbox refuses it."""
    plain = "".join(one_line(address).split()).encode("ascii", "replace").decode("ascii")
    plain = "".join(letter for letter in plain if letter not in "<>")[:_LONGEST]
    local, _, domain = plain.rpartition("@")
    domain = "".join(letter for letter in domain if letter in _DOMAIN)
    if all(_ATEXT.issuperset(atom) and atom for atom in local.split(".")):
        return f"{local}@{domain}"
    return f"{_quoted(local)}@{domain}"


def _ids(value: str) -> list[str]:
    """The ids in a value, each in its angle brackets, without any that could break a line."""
    words = one_line(value).replace("<", " <").replace(">", "> ").split()
    return [word for word in words if _is_id(word)]


def _is_id(word: str) -> bool:
    inside = word[1:-1]
    shape = word.startswith("<") and word.endswith(">") and "@" in inside
    return shape and inside.isascii() and inside.isprintable() and len(word) < _LONGEST and "<" not in inside
