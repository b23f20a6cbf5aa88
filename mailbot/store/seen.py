"""The mail that was looked at, known again for good in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.core.decision import Seen
from mailbot.store.index import digest

if TYPE_CHECKING:
    from mailbot.core.place import Place


class SeenMail:
    """Message-IDs with their digests as twelve bytes each, UIDs as numbers."""

    def __init__(self) -> None:
        self._mails: dict[bytes, tuple[int, str]] = {}
        self._places: dict[tuple[str, str, int], set[int]] = {}
        self._reasons: dict[str, str] = {}

    def add(self, seen: Seen) -> None:
        if seen.message_id or seen.digest:
            because = self._reasons.setdefault(seen.because, seen.because)
            self._mails[digest(seen.message_id, seen.digest)] = (seen.ticket, because)
        if seen.place:
            place = seen.place
            self._places.setdefault((place.mailbox, place.folder, place.uidvalidity), set()).add(place.uid)

    def known(self, message_id: str, mark: str) -> Seen | None:
        found = self._mails.get(digest(message_id, mark))
        return Seen(message_id, mark, found[0], because=found[1]) if found else None

    def known_place(self, place: Place) -> bool:
        return place.uid in self._places.get((place.mailbox, place.folder, place.uidvalidity), ())
