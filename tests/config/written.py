"""The shipped letters, and a letter written with sample facts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.config.letters import FACTS, PERSONAL, Letters, load
from mailbot.config.samples import sample_facts
from mailbot.core.letter import Letter, Role, Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.core.letter import Fact

TEMPLATES = Path(__file__).parents[2] / "templates"
SHIPPED = load(TEMPLATES)
PARTS = sorted(SHIPPED.parts)
NOW = datetime(2026, 4, 2, 8, tzinfo=UTC)


def role_of(part: str) -> Role:
    if part == "digest" or part.startswith("admin/"):
        return Role.ADMIN
    return Role.REGIONAL_LEAD if part.endswith("_lead") else Role.PERSON


def letter(*parts: str, facts: Mapping[str, Fact], role: Role | None = None) -> Letter:
    return Letter(
        id="IM-000123-1",
        ticket=123,
        template=parts[0],
        role=role or role_of(parts[0]),
        to="jane.sample@nhs.net",
        to_name="Jane Sample",
        sort=Sort.ANSWER,
        parts=parts,
        facts=facts,
        decided=NOW,
        not_before=NOW,
        inside=facts.get("inside") is True,
    )


def written(*parts: str, letters: Letters = SHIPPED, inside: bool = True, **changed: Fact) -> Letter:
    return letters.write(letter(*parts, facts=sample_facts(inside) | changed))


def minimal(inside: bool) -> dict[str, Fact]:
    """Only what is always known."""
    nothing: dict[object, Fact] = {bool: False, tuple: ()}
    unknown = {name: nothing.get(FACTS[name]) for name in PERSONAL}
    quiet = dict.fromkeys(("first", "out_of_hours", "password_shown"), False)
    empty = dict.fromkeys(("team_phone", "csp_address", "national_helpdesk"), "")
    return sample_facts(inside) | unknown | quiet | empty


def folder_with(tmp_path: Path, **templates: str) -> Path:
    """The shipped layouts and the templates given, whose names have `__` for a slash."""
    for name in ("layout.md", "layout_admin.md", "layout.html"):
        (tmp_path / name).write_text((TEMPLATES / name).read_text())
    for name, text in templates.items():
        file = tmp_path / (name.replace("__", "/") + ".md")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path
