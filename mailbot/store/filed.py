"""Where archived tickets stand, found by number, by mail and by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.store.index import digest

if TYPE_CHECKING:
    from mailbot.store.change import Archived, Spot


class FiledIndex:
    """Where archived tickets stand. A ticket that lives again is found in the live tables first."""

    def __init__(self) -> None:
        self.spots: dict[int, Spot] = {}
        self.of_desk: list[Spot] = []
        self._mail: dict[bytes, tuple[int, ...]] = {}
        self._letters: dict[bytes, Spot] = {}

    def add(self, archived: Archived) -> None:
        if archived.number:
            self.spots[archived.number] = archived.spot
        elif archived.spot not in self.of_desk:
            self.of_desk.append(archived.spot)
        for message_id in archived.mail_ids:
            key = digest(message_id)
            known = self._mail.get(key, ())
            if archived.number not in known:
                self._mail[key] = (*known, archived.number)
        for name in archived.letters:
            self._letters[digest(name)] = archived.spot

    def with_mail(self, message_id: str) -> tuple[int, ...]:
        return self._mail.get(digest(message_id), ())

    def of_letter(self, name: str) -> Spot | None:
        return self._letters.get(digest(name))
