"""The pictures in docs/ show the procedures as the rules have them now."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.config import shipped, workflows
from mailbot.picture.workflow import draw

DOCS = Path(__file__).parents[2] / "docs"
FOUND = workflows.load(shipped.rules()).by_name


@pytest.mark.parametrize("name", sorted(FOUND))
def test_the_picture_of_each_procedure_is_the_one_that_the_rules_draw(name: str) -> None:
    kept = (DOCS / "workflows" / f"{name}.svg").read_text(encoding="utf-8")
    assert kept == draw(FOUND[name]), "make pictures"


def test_the_handbook_shows_every_picture() -> None:
    text = (DOCS / "procedures.md").read_text(encoding="utf-8")
    for name in FOUND:
        assert f"workflows/{name}.svg" in text, name
