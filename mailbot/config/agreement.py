"""What the settings' tables must agree on with each other, looked at as they were written.

It reads what stands in the file, not the checked values, so that one wrong key hides no other mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeAlias

from mailbot.config.model import Fault

if TYPE_CHECKING:
    from mailbot.config.mistake import Place

Table: TypeAlias = Mapping[str, Any]


def mailboxes(raw: Table) -> list[Table]:
    """Every [[mailbox]] that is a table; one that is not is empty here, and refused by its type."""
    written = raw.get("mailbox")
    return [one if isinstance(one, dict) else {} for one in written] if isinstance(written, list) else []


def servers(raw: Table) -> Iterator[tuple[Place, Table]]:
    """Every [mailbox.imap] and [mailbox.smtp], with its place."""
    for index, mailbox in enumerate(mailboxes(raw)):
        for kind in ("imap", "smtp"):
            if isinstance(server := mailbox.get(kind), dict):
                yield ("mailbox", index, kind), server


def faults(raw: Table) -> Iterator[Fault]:
    """Every disagreement between tables, and every server that may not be spoken to in this way."""
    yield from _names(raw)
    yield from _outgoing(raw)
    yield from _admins(raw)
    for place, server in servers(raw):
        yield from _server(place, server)


def _names(raw: Table) -> Iterator[Fault]:
    for key in ("name", "address"):
        first: dict[str, int] = {}
        for index, mailbox in enumerate(mailboxes(raw)):
            said = text(mailbox.get(key)) or (
                key == "name" and text(mailbox.get("address")).partition("@")[0]
            )
            if said and first.setdefault(said, index) != index:
                yield Fault(
                    ("mailbox", index, key),
                    f'mailbox {first[said] + 1} has the {key} "{said}" too',
                    f"give each mailbox a {key} of its own",
                )


def _outgoing(raw: Table) -> Iterator[Fault]:
    sending = [index for index, mailbox in enumerate(mailboxes(raw)) if "smtp" in mailbox]
    if not mailboxes(raw):
        yield Fault(("mailbox",), "there is no mailbox", "add [[mailbox]] and [mailbox.imap]")
    elif not sending:
        yield Fault(
            ("mailbox", 0, "smtp"),
            "no mailbox has it, so no letter can leave",
            "add [mailbox.smtp] to the mailbox that letters are to leave from",
        )
    for index in sending[1:]:
        yield Fault(
            ("mailbox", index, "smtp"),
            f"mailbox {sending[0] + 1} has it too",
            "all letters leave from one mailbox: keep one [mailbox.smtp]",
        )
    for index in sending:
        address = text(mailboxes(raw)[index].get("address"))
        if address and address in _listed(raw, "regional_lead"):
            yield Fault(
                ("mailbox", index, "smtp"),
                "letters may not leave from the regional lead's mailbox",
                "move [mailbox.smtp] to the helpdesk's mailbox",
            )


def _admins(raw: Table) -> Iterator[Fault]:
    watched = {text(mailbox.get("address")) for mailbox in mailboxes(raw)} - {""}
    for index, admin in enumerate(_listed(raw, "admins")):
        if admin in watched:
            yield Fault(
                ("people", "admins", index),
                f"{admin} is a mailbox that the bot reads, so it would read its own alerts",
                "name an admin's own address",
            )


def _server(place: Place, server: Table) -> Iterator[Fault]:
    if server.get("auth") == "oauth":
        yield Fault((*place, "auth"), "this version logs in with a password only", 'auth = "password"')
    host = text(server.get("host"))
    if server.get("tls") == "none" and host and not _loopback(host):
        yield Fault(
            (*place, "tls"),
            f'"none" would send mail and password in clear text to {host}',
            'tls = "implicit" or "starttls"; "none" is for this machine only, such as 127.0.0.1',
        )


def _listed(raw: Table, key: str) -> list[str]:
    table = raw.get("people")
    written = table.get(key) if isinstance(table, dict) else None
    return [text(one) for one in written] if isinstance(written, list) else []


def text(value: object) -> str:
    """What was written as text, in lower case; nothing for any other type."""
    return value.strip().lower() if isinstance(value, str) else ""


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
