"""A Message as the JSON object that `mailbot parse` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.core.message import NOBODY

if TYPE_CHECKING:
    from datetime import datetime

    from mailbot.core.message import Address, Message


def as_json(message: Message, file: str) -> dict[str, object]:
    """The fields that DESIGN.md names for `parse`, in its order; dates in RFC 3339."""
    inner, bounce = message.forwarded, message.bounce
    return {
        "file": file,
        "message_id": message.message_id,
        "from": _address(message.sender),
        "sender": None if message.on_behalf == NOBODY else _address(message.on_behalf),
        "reply_to": [_address(one) for one in message.reply_to],
        "to": [_address(one) for one in message.to],
        "cc": [_address(one) for one in message.cc],
        "subject": message.subject,
        "date": _date(message.date),
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "text": message.text,
        "reply": message.reply,
        "forwarded": inner
        and {
            "from": _address(inner.sender),
            "subject": inner.subject,
            "date": _date(inner.date),
            "text": inner.text,
        },
        "kind": str(message.kind),
        "bounce": bounce
        and {"recipients": list(bounce.recipients), "status": bounce.status, "permanent": bounce.permanent},
        "answerable": message.answerable,
        "attachments": [
            {"name": one.name, "type": one.type, "size": one.size} for one in message.attachments
        ],
        "guessed": list(message.guessed),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _date(date: datetime | None) -> str | None:
    return date.isoformat() if date else None
