"""Values as JSON and back, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import GenericAlias
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from mailbot.core import account, decision, letter, message, place, ticket
from mailbot.core.account import Account
from mailbot.core.decision import Audit, Seen, Wake
from mailbot.core.letter import Letter
from mailbot.core.ticket import Ticket
from mailbot.store import change
from mailbot.store.base import StoreError
from mailbot.store.change import Archived, Change, Filed

T = TypeVar("T")

# The core names some types for the type checker alone; here they are needed at run time.
_MODULES = (account, change, decision, letter, message, place, ticket)
_NAMES: dict[str, Any] = {"Mapping": Mapping, "date": date, "datetime": datetime} | {
    name: kind for module in _MODULES for name, kind in vars(module).items() if isinstance(kind, type)
}


@dataclass(frozen=True, slots=True)
class Note:
    """A small fact of the desk, as a document."""

    value: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read, as a document."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


class Codec(Generic[T]):
    """One type as JSON. Datetimes keep their offset and come back with it as a fixed one."""

    def __init__(self, kind: type[T]) -> None:
        # A field that is not known is refused: a newer program wrote it, and reading on would drop it.
        # The tuple carries that setting into the dataclasses within, which have none of their own.
        one: Any = GenericAlias(tuple, (kind,))
        self._adapter: TypeAdapter[tuple[T]] = TypeAdapter(
            one, config=ConfigDict(extra="forbid", defer_build=True)
        )
        self._adapter.rebuild(_types_namespace=_NAMES)

    def dump(self, value: T, indent: int | None = None) -> bytes:
        """JSON on one line, or indented. Raises StoreError where a value cannot be written as JSON."""
        try:
            text = self._adapter.dump_json((value,), indent=indent)
        except (PydanticSerializationError, UnicodeEncodeError) as error:
            # The error's own words may quote the value, which may be a mail's text.
            raise StoreError(f"a {type(value).__name__} holds a value that JSON cannot") from error
        return text[1:-1].strip()

    def load(self, text: bytes) -> T:
        """Raises StoreError with the field that is wrong, without its value."""
        try:
            return self._adapter.validate_json(b"[" + text + b"]")[0]
        except ValidationError as error:
            raise StoreError(_words(error)) from None

    def document(self, value: T) -> dict[str, Any]:
        """The value as a plain JSON object."""
        found: dict[str, Any] = self._adapter.dump_python((value,), mode="json")[0]
        return found

    def value(self, document: object) -> T:
        """Raises StoreError as `load` does."""
        try:
            return self._adapter.validate_python((document,))[0]
        except ValidationError as error:
            raise StoreError(_words(error)) from None


def _words(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


TICKET, ACCOUNT, LETTER = Codec(Ticket), Codec(Account), Codec(Letter)
WAKE, NOTE, CURSOR = Codec(Wake), Codec(Note), Codec(Cursor)
CHANGE, FILED, ARCHIVED = Codec(Change), Codec(Filed), Codec(Archived)
SEEN, AUDIT = Codec(Seen), Codec(Audit)
