"""Labelled mail in the corpus format (one JSON object a line), written out as the mail that it was."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLICY = SMTP.clone(max_line_length=900)
_MARK = "X-MS-Exchange-Organization-AuthAs"


def written(row: Mapping[str, Any], internal_domains: tuple[str, ...]) -> bytes:
    """The mail of one row; one from inside carries Exchange's mark, as it does where it arrived.

    Raises KeyError, TypeError or ValueError for a row that is none.
    """
    mail = EmailMessage(policy=_POLICY)
    headers = {k: v for k, v in row["headers"].items() if k.lower() != "content-type"}
    domain = row["from"].rstrip(">").rpartition("@")[2].lower()
    if domain in internal_domains and "Authentication-Results" not in headers:
        headers[_MARK] = "Internal"
    mail["From"], mail["To"] = row["from"], ", ".join(row["to"])
    if row["cc"]:
        mail["Cc"] = ", ".join(row["cc"])
    mail["Subject"] = " ".join(row["subject"].split())
    mail["Date"] = format_datetime(datetime.fromisoformat(row["date"]))
    headers.setdefault("Message-ID", f"<{row['id']}@corpus.invalid>")
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(row["body"], charset="utf-8")
    return mail.as_bytes()
