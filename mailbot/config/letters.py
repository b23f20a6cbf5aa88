"""The letters that the team has written, and how a decided letter is written out with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mailbot.config.facts import FACTS, PERSONAL, Unwritable, clean, settled
from mailbot.config.markup import as_html, as_text, parse, show
from mailbot.config.mistake import Mistake, Mistakes
from mailbot.config.template import Markdown, NotKnown, Source, frame, layout, part
from mailbot.core.letter import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mailbot.core.letter import Fact, Letter

__all__ = ["FACTS", "PERSONAL", "Letters", "Unwritable", "load"]

_Read = TypeVar("_Read")
PERSON, ADMIN, FRAME = "layout.md", "layout_admin.md", "layout.html"


class Letters:
    """Every template of a folder; raises `Mistakes`, all at once, where one is not in order.

    `parts` are their names, such as "joiner/advice".
    """

    def __init__(self, folder: Path, below: Path | None = None) -> None:
        wrong: list[Mistake] = []
        files = _files(folder, below)
        sources = {
            name: _without(wrong, part, file)
            for name, file in sorted(files.items())
            if file.suffix == ".md" and file.name not in (PERSON, ADMIN)
        }
        person = _without(wrong, layout, files.get("layout", folder / PERSON))
        admin = _without(wrong, layout, files.get("layout_admin", folder / ADMIN))
        html = _without(wrong, frame, files.get(FRAME, folder / FRAME))
        self._sources = {name: source for name, source in sources.items() if source}
        if wrong or not (person and admin and html):
            raise Mistakes(wrong)
        self._person, self._admin, self._html = person, admin, html
        self.parts: frozenset[str] = frozenset(self._sources)

    def write(self, letter: Letter) -> Letter:
        """The letter with its subject, text and HTML; `Unwritable` if its parts or facts are not in order."""
        if unknown := [name for name in letter.parts if name not in self.parts]:
            raise Unwritable(f"no template {', '.join(unknown)}")
        if not letter.parts:
            raise Unwritable("a letter needs a part")
        # an admin's own words go out as they are: what they may say is judged where the admin acts
        facts = settled(letter.facts, ("note",) if letter.parts == ("reply",) else ())
        if facts["inside"] is not letter.inside:
            raise Unwritable("the letter and its facts disagree on whether it goes inside NHSmail")
        try:
            return self._written(letter, facts)
        except NotKnown as error:
            raise Unwritable(f"{', '.join(letter.parts)}: {error}") from error

    def _written(self, letter: Letter, facts: Mapping[str, Fact]) -> Letter:
        sources = [self._sources[name] for name in letter.parts]
        answers = [source for source in sources if not source.extra]
        subject = _subject(answers or sources, facts)
        body = "\n\n".join(_bodies(sources, len(answers), facts))
        outer = self._admin if letter.role is Role.ADMIN else self._person
        blocks = parse(outer.render(facts, body=Markdown(body), things=str(len(answers))))
        page = self._html.render(facts, subject=subject, letter=as_html(blocks))
        return replace(letter, subject=subject, text=as_text(blocks), html=page + "\n")


def load(folder: Path, below: Path | None = None) -> Letters:
    """The letters of a folder of templates; `Mistakes` where one is not in order.

    A template that the folder lacks is taken from the one `below`.
    """
    return Letters(folder, below)


def _files(folder: Path, below: Path | None) -> dict[str, Path]:
    """Every template by its name, and the HTML frame by its file name."""
    found: dict[str, Path] = {}
    for one in (below, folder) if below else (folder,):
        found |= {_name(one, file): file for file in one.rglob("*.md")}
        found |= {FRAME: one / FRAME} if (one / FRAME).is_file() else {}
    return found


def _name(folder: Path, file: Path) -> str:
    return file.relative_to(folder).with_suffix("").as_posix()


def _without(wrong: list[Mistake], read: Callable[[Path], _Read], file: Path) -> _Read | None:
    """What was read, or nothing and its mistakes among those that are `wrong`."""
    try:
        return read(file)
    except Mistakes as error:
        wrong += error.mistakes
        return None


def _subject(answers: Sequence[Source], facts: Mapping[str, Fact]) -> str:
    """On one line, with the reference once, at its end."""
    subject = f"Your {len(answers)} requests"
    if len(answers) == 1:
        subject = clean(show(answers[0].subject.render(facts)))
    reference = str(facts["reference"])
    return subject if not reference or reference in subject else f"{subject} [{reference}]"


def _bodies(sources: Sequence[Source], answers: int, facts: Mapping[str, Fact]) -> list[str]:
    """The parts' Markdown; where there are several answers, headings tell them apart."""
    bodies, number = [], 0
    for source in sources:
        body = source.body.render(facts)
        if answers > 1:
            number += not source.extra
            title = f"Request {number}: {source.subject.render(facts).strip()}"
            body = f"## {'One more thing' if source.extra else title}\n\n{body}"
        bodies.append(body)
    return bodies
