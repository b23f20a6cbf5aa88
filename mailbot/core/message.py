"""A message: an e-mail as it was read, whatever its bytes were."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """What sort of mail it is, by its headers and form (MAIL.md, RFC 3834, RFC 3464)."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    CALENDAR = "calendar"
    UNREADABLE = "unreadable"


class Trust(StrEnum):
    """What the receiving server proved of the sender, strongest first."""

    LEAD = "lead"
    INTERNAL = "internal"
    AUTHENTICATED = "authenticated"
    NONE = "none"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address in lower case, with the name that stood beside it."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


NOBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text; `size` in bytes, decoded."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The mail inside a forward: who wrote it first, and what."""

    sender: Address
    subject: str
    date: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail was not delivered (RFC 3464).

    `about` holds the Message-IDs of the mail that it reports on, as far as the report gives them.
    """

    recipients: tuple[str, ...]
    status: str
    permanent: bool
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """The receiving server's words on the sender, unjudged: `core.safety.trust` judges them.

    `auth_as` are all values of `X-MS-Exchange-Organization-AuthAs`, `results` the topmost
    `Authentication-Results` alone (MAIL.md: lower ones may be injected), `senders` how many From addresses.
    """

    auth_as: tuple[str, ...] = ()
    results: str = ""
    senders: int = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One e-mail as read.

    `text` is all of it, `reply` what the writer says now, `digest` a hash of From, Date, Subject and
    decoded parts (the same in every mailbox that the mail reaches), `silence` the reason why no automatic
    answer may go ("" where one may), `ours` the tokens of our own letters that it carries,
    `microsoft_only` that nothing but Microsoft's own marks calls it automatic,
    `guessed` the repairs that were needed to read it.
    """

    message_id: str
    digest: str
    sender: Address
    on_behalf: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    reply: str
    forwarded: Forwarded | None
    kind: Kind
    bounce: Bounce | None
    silence: str
    attachments: tuple[Attachment, ...]
    guessed: tuple[str, ...]
    proof: Proof
    ours: tuple[str, ...] = ()
    microsoft_only: bool = False

    @property
    def answerable(self) -> bool:
        """Whether an automatic answer may go as far as this mail alone can tell (RFC 3834)."""
        return not self.silence

    @property
    def said(self) -> str:
        """What to understand: the reply; where nothing is left of it, the forwarded text, or all of it."""
        if self.reply.strip():
            return self.reply
        return self.forwarded.text if self.forwarded else self.text
