"""`mailbot workflows`: each picture shows the whole workflow, readably, also to those who hear it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import TYPE_CHECKING, get_args

import pytest
from typer.testing import CliRunner

from mailbot import app as parts
from mailbot.cli.program import app
from mailbot.config.workflows import MoveTable
from mailbot.core.rules import Move, StateRule, Workflow
from mailbot.picture.svg import width
from mailbot.picture.wording import moved_by
from mailbot.picture.workflow import draw

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
WORKFLOWS = parts.desk(parts.settings(None)).workflows
NAMES = sorted(WORKFLOWS.by_name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("workflows") / "pictures"
    result = CliRunner().invoke(app, ["workflows", str(made)])
    assert result.exit_code == 0, result.output
    return made


def picture(folder: Path, name: str) -> ET.Element:
    return ET.parse(folder / f"{name}.svg").getroot()


def boxes(root: ET.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every box; a band lies in its box, the paper under all."""
    found = []
    group = root.find(f"{SVG}g")
    assert group is not None
    for each in group.iter(f"{SVG}rect"):
        x, y, wide, high = (float(each.attrib[k]) for k in ("x", "y", "width", "height"))
        if wide > 20:
            found.append((x, y, x + wide, y + high))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_state_move_letter_and_task_stands_in_the_picture(folder: Path, name: str) -> None:
    root = picture(folder, name)
    said = " ".join(e.text or "" for e in root.iter(f"{SVG}text"))
    workflow = WORKFLOWS[name]
    assert len(boxes(root)) >= len(workflow.states)
    words = [*workflow.states, *workflow.tasks, *(r.part for m in workflow.moves for r in m.letters)]
    words += [r.part for r in workflow.reminders]
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_two_boxes_overlap_and_all_lie_on_the_paper(folder: Path, name: str) -> None:
    root = picture(folder, name)
    wide = float(root.attrib["width"])
    found = boxes(root)
    for a, b in combinations(found, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    assert all(left >= 0 and right <= wide for left, _, right, _ in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_12_px_or_larger_and_stays_in_its_box(folder: Path, name: str) -> None:
    root = picture(folder, name)
    group = root.find(f"{SVG}g")
    assert group is not None
    found = boxes(root)
    for each in group.iter(f"{SVG}text"):
        size, x, y = (float(each.attrib[k]) for k in ("font-size", "x", "y"))
        bold = "font-weight" in each.attrib
        right = x + width(each.text or "", size, bold=bold)
        assert size >= 12
        assert any(a <= x and right <= c and b <= y - size * 0.7 and y <= d for a, b, c, d in found), (
            each.text
        )


def test_a_picture_names_itself_and_tells_all_in_words(folder: Path) -> None:
    root = picture(folder, "joiner")
    assert root.attrib["role"] == "img"
    title, told = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc") or ""
    assert title == "Workflow joiner: moving your account to the independent midwives group"
    assert "From requested to joined. Task done: mark_joiner." in told
    assert "7, 14 and 21 days after the leaver clock started" in told


@pytest.mark.parametrize("on", get_args(MoveTable.model_fields["on"].annotation))
def test_whatever_can_move_a_request_has_words_of_its_own(on: str) -> None:
    said = moved_by(Move(on, ("a",), "b", "because", labels=("x",), task="t", clock="leaver", working_days=1))
    assert said != on


def test_the_page_shows_every_picture(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert [name for name in NAMES if f'src="{name}.svg" alt=' not in page] == []
    assert "leaver: 30 calendar days; then the restore clock starts" in page


def test_rules_of_another_team_are_drawn_too(tmp_path: Path) -> None:
    states = {n: StateRule(n, "A state & <nothing> more.", "admin") for n in ("one", "two")}
    moves = tuple(
        Move("mail", (a,), b, "because", labels=("x",))
        for a, b in (("new", "one"), ("one", "two"), ("two", "one"))
    )
    drawn = ET.fromstring(draw(Workflow("odd", "odd & even", ("x",), states, moves, {})))
    assert len(boxes(drawn)) == 6
