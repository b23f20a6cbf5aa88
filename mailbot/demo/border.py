"""The border of the demo's mail system: what Exchange Online writes on the mail that it takes in."""

from __future__ import annotations

from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

INSIDE = "nhs.net"
_STRIPPED = (b"x-ms-exchange-organization-", b"authentication-results:", b"return-path:")


def author(raw: bytes) -> str:
    """The address in From, in lower case; "" where there is none or more than one."""
    found = getaddresses([str(h) for h in BytesHeaderParser().parsebytes(raw).get_all("From", [])])
    return found[0][1].lower() if len(found) == 1 else ""


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _fields(raw: bytes) -> tuple[list[bytes], bytes]:
    """The header's fields, each with its folded lines, and the rest from the empty line on."""
    fields: list[bytes] = []
    rest = raw
    while rest and not rest.startswith((b"\r\n", b"\n")):
        line, end, rest = rest.partition(b"\n")
        if line.startswith((b" ", b"\t")) and fields:
            fields[-1] += line + end
        else:
            fields.append(line + end)
    return fields, rest


def _verdict(sender: str, envelope: str) -> list[str]:
    """The mark of mail inside NHSmail, or the results of the checks on mail from outside (MAIL.md).

    The results have Exchange Online's form, without the authserv-id of RFC 8601.
    """
    said, came_from = _domain(sender), _domain(envelope)
    if said == INSIDE and came_from in (INSIDE, ""):
        return ["X-MS-Exchange-Organization-AuthAs: Internal"]
    if said == INSIDE:
        results = (
            f"spf=pass (sender IP is 127.0.0.1) smtp.mailfrom={came_from}; dkim=none (message not signed)"
        )
        results += f" header.d=none;dmarc=fail action=quarantine header.from={said};compauth=fail reason=000"
    else:
        results = (
            f"spf=pass (sender IP is 127.0.0.1) smtp.mailfrom={came_from or said}; dkim=pass (signature was"
        )
        results += (
            f" verified) header.d={said};dmarc=pass action=none header.from={said};compauth=pass reason=100"
        )
    return [f"Authentication-Results: {results}", "X-MS-Exchange-Organization-AuthAs: Anonymous"]


def taken_in(raw: bytes, envelope: str, at: datetime) -> bytes:
    """The mail as it lies in a mailbox: forged marks gone, ours on top.

    `envelope` is the sender's address in MAIL FROM ("" for a null return path), `at` an aware instant.
    """
    fields, rest = _fields(raw)
    kept = [field for field in fields if not field.lower().startswith(_STRIPPED)]
    ours = [
        f"Return-Path: <{envelope}>",
        *_verdict(author(raw), envelope),
        f"Received: from [127.0.0.1] by sandbox.nhs.example with SMTP; {format_datetime(at)}",
    ]
    return b"".join([*(line.encode() + b"\r\n" for line in ours), *kept]) + rest
