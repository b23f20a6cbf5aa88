"""A mail's headers as text: encoded words, raw bytes, addresses, dates, message ids, parameters."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from mailbot.core.message import Address
from mailbot.mail.parse.charset import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message as Mime

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)\?=")
_BLANK = re.compile(r"[ \t\r\n]++")
_ID = re.compile(r"<[^<>\s]++>")
ADDRESS = re.compile(r"(?<![^\s<>()\[\],;:\"'@])[^\s<>()\[\],;:\"'@]++@[^\s<>()\[\],;:\"'@]++")
_MOST = 200_000


class Headers:
    """The headers of one part by lower-case name, in their order; values are raw until asked for."""

    def __init__(self, mime: Mime) -> None:
        self._raw: dict[str, list[str]] = {}
        for name, value in mime.raw_items():
            self._raw.setdefault(name.lower().strip(), []).append(str(value)[:_MOST])

    def raw(self, name: str) -> str:
        """The first value as it stands, unfolded; "" where there is none."""
        values = self._raw.get(name)
        return unfold(values[0]) if values else ""

    def every(self, name: str) -> list[str]:
        return [unfold(value) for value in self._raw.get(name, ())]

    def text(self, name: str) -> str:
        return words(self.raw(name))

    def addresses(self, name: str) -> tuple[Address, ...]:
        """All of them, of all headers of that name; a group's name or a name alone has an empty address."""
        return tuple(address for value in self.every(name) for address in addresses(value))

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def names(self) -> Iterable[str]:
        return self._raw.keys()


def unfold(value: str) -> str:
    """One line (RFC 5322, 2.2.3)."""
    return (
        _BLANK.sub(" ", value).strip() if "\n" in value or "\r" in value or "\t" in value else value.strip()
    )


def plain(value: str) -> str:
    """Raw 8-bit bytes in a header (they come as surrogates) read as text."""
    if value.isascii():
        return value
    return decode(value.encode("utf-8", "surrogateescape"), detect=False)[0]


def words(value: str) -> str:
    """The value with its encoded words decoded (RFC 2047), also where they stand in a quoted string."""
    if "=?" not in value:
        return plain(value)
    out: list[str] = []
    held, charset, end = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        label = word[1].partition("*")[0].lower()
        if held and (between.strip() or label != charset):
            out.append(decode(held, charset, detect=False)[0])
            held = b""
        if between.strip() or not end:
            out.append(plain(between))
        # Long words are cut between bytes of one letter, so neighbours are joined before decoding.
        held, charset, end = held + _word_bytes(word[2], word[3]), label, word.end()
    if held:
        out.append(decode(held, charset, detect=False)[0])
    out.append(plain(value[end:]))
    return _BLANK.sub(" ", "".join(out)).strip()


def _word_bytes(coding: str, body: str) -> bytes:
    data = body.encode("utf-8", "surrogateescape")
    if coding in "qQ":
        return quopri.decodestring(data.replace(b" ", b"_"), header=True)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return data


def addresses(value: str) -> list[Address]:
    """The addresses of one header, groups flattened; a comma in an encoded name does not part it."""
    return [found for found in map(_address, _entries(value)) if found.address or found.name]


def _entries(value: str) -> Iterator[str]:
    """Splits at commas and semicolons outside quotes, comments and angle brackets, in one pass."""
    start, quoted, depth, angle = 0, False, 0, False
    for at, letter in enumerate(value):
        if letter == '"' and not depth and value[at - 1 : at] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif letter in "<>":
            angle = letter == "<"
        elif letter == ":" and not depth and not angle and "@" not in value[start:at][-80:]:
            start = at + 1  # a group's name (RFC 5322, 3.4)
        elif letter in ",;" and not depth and not angle:
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _address(entry: str) -> Address:
    entry, comments = _uncommented(entry) if "(" in entry else (entry.strip(), "")
    opened = entry.rfind("<")
    if opened >= 0:
        closed = entry.find(">", opened)
        inner = entry[opened + 1 : closed if closed >= 0 else len(entry)].strip()
        name = _name(entry[:opened] or (entry[closed + 1 :] if closed >= 0 else ""))
        return Address(f"{name} ({comments})".strip() if comments else name, _bare(inner))
    bare = words(entry.strip("\"'"))
    if " ." in bare or ". " in bare:
        local, _, domain = bare.rpartition("@")
        bare = f"{local}@{''.join(domain.split())}" if local else bare
    found = ADDRESS.search(bare)
    if found is None:
        return Address(_name(entry), _bare(bare) if "@" in bare else "")
    name = comments if found[0] == bare else _name(bare.replace(found[0], ""))
    return Address(name, _bare(found[0]))


def _bare(address: str) -> str:
    """Without a route or scheme before it (`@relay:a@b`, `mailto:a@b`), and without blanks."""
    address = words(address) if "=?" in address else plain(address)
    return "".join(address.rpartition(":")[2].split()).strip("\"'<>;").lower()


def _uncommented(value: str) -> tuple[str, str]:
    """The value without comments (RFC 5322, 3.2.2), and the comments' words; quoted parentheses are none."""
    out: list[str] = []
    inside: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped or letter == "\\":
            escaped = not escaped
            if letter != "\\" or not escaped:
                (inside if depth else out).append(letter if depth else f"\\{letter}")
            continue
        quoted ^= letter == '"' and not depth
        if letter in "()" and not quoted:
            depth = max(0, depth + (1 if letter == "(" else -1))
            if depth == 1 and letter == "(" and inside:
                inside.append(" ")
            continue
        (inside if depth else out).append(letter)
    return "".join(out).strip(), words("".join(inside)).strip()


def _name(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return words(value).strip().strip('"').strip()


def ids(value: str) -> tuple[str, ...]:
    """Message ids in their order, each once, with their angle brackets."""
    found = _ID.findall(value)
    if not found and "@" in value:
        found = [f"<{word.strip('<>')}>" for word in value.split() if "@" in word]
    return tuple(dict.fromkeys(map(plain, found)))


def date(value: str) -> datetime | None:
    """The instant in UTC-aware form, its own offset kept; None where it cannot be read. No offset: UTC."""
    try:
        when = parsedate_to_datetime(value.strip()[:100])
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        when.astimezone(UTC)  # offsets beyond a day, and years beyond 9999, show here
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return when


def parameter(value: str, name: str) -> str:
    """One parameter of a structured header, also continued and encoded (RFC 2231) or as an encoded word."""
    pieces: dict[int, tuple[bool, str]] = {}
    for key, content in parameters(value):
        base, star, tail = key.partition("*")
        if base != name:
            continue
        number = tail.rstrip("*")
        if not star or number.isdecimal() or not number:
            place = int(number) if star and number.isascii() and 0 < len(number) < 6 else 0
            pieces.setdefault(place, (key.endswith("*"), content))
    if not pieces:
        return ""
    if not any(encoded for encoded, _ in pieces.values()):
        return words("".join(pieces[place][1] for place in sorted(pieces)))
    return _extended([pieces[place] for place in sorted(pieces)])


def _extended(pieces: list[tuple[bool, str]]) -> str:
    charset, data = "", b""
    for at, (encoded, content) in enumerate(pieces):
        if at == 0 and encoded and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        raw = content.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode(data, charset, detect=False)[0]


def parameters(value: str) -> Iterator[tuple[str, str]]:
    """Name and value of each parameter after the first semicolon, quoted semicolons respected."""
    for piece in _pieces(value)[1:]:
        name, equals, content = piece.partition("=")
        if equals:
            content = content.strip()
            if content[:1] == '"':
                content = content[1 : -1 if len(content) > 1 and content[-1] == '"' else None].replace(
                    '\\"', '"'
                )
            yield name.strip().lower(), content


def _pieces(value: str) -> list[str]:
    if '"' not in value:
        return value.split(";")
    pieces, start, quoted = [], 0, False
    for at, letter in enumerate(value):
        if letter == '"' and value[at - 1 : at] != "\\":
            quoted = not quoted
        elif letter == ";" and not quoted:
            pieces.append(value[start:at])
            start = at + 1
    return [*pieces, value[start:]]
