"""Workflow files: the shipped ones are in order, and every kind of mistake is refused with file and line."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mailbot import app
from mailbot.config import letters, shipped, workflows
from mailbot.config.mistake import Mistakes

if TYPE_CHECKING:
    from pathlib import Path

LABELS = {
    "joiner": "joiner", "leaver_confirmed": "joiner", "joiner_request": "joiner", "leaver": "leaver",
    "transfer_out": "transfer_out", "disable": "disable", "reenable": "reenable",
    "password_reset": "password", "unlock": "password", "mobile_update": "mobile",
    "directory_visibility": "directory",
    "new_account": "new_account", "duplicate_account": "duplicate", "security_incident": "incident",
    "chase": "enquiry", "other": "enquiry",
}  # fmt: skip

SMALL = """\
title = "a small workflow"
labels = ["mobile_update"]

[states.asked]
about = "Asked."
waits_for = "admin"

[states.done]
about = "Done."
waits_for = "nobody"
ends = true

[[moves]]
on = "mail"
labels = ["mobile_update"]
from = ["new"]
to = "asked"
because = "Somebody asked"
tasks = ["update_mobile"]
letters = [{ to = "person", part = "mobile/change" }]

[[moves]]
on = "done"
task = "update_mobile"
from = ["asked"]
to = "done"
because = "It is done"

[tasks.update_mobile]
title = "Do it"
needs = ["account"]

[[reminders]]
name = "midwife"
states = ["asked"]
clock = "leaver"
days = [7]
to = ["person"]
part = "mobile/reminder"
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    """The shipped rules with this one as the workflow `mobile`."""
    rules = tmp_path / "rules"
    shutil.copytree(shipped.rules(), rules)
    (rules / "workflows" / "mobile.toml").write_text(text, encoding="utf-8")
    return rules


def test_the_shipped_workflows_are_in_order_and_all_twelve_are_there() -> None:
    found = workflows.load(shipped.rules())
    assert set(found.by_name) == set(LABELS.values())
    assert len(found.by_name) == 12


@pytest.mark.parametrize("label", LABELS)
def test_each_label_begins_the_workflow_of_the_procedures(label: str) -> None:
    found = workflows.load(shipped.rules()).for_label(label)
    assert found is not None
    assert found.name == LABELS[label]


def test_the_clocks_have_the_lengths_of_the_procedures() -> None:
    clocks = workflows.load(shipped.rules()).clocks
    lengths = {name: (c.days, c.months, c.then) for name, c in clocks.items()}
    assert lengths == {"leaver": (30, 0, "restore"), "disabled": (0, 18, "restore"), "restore": (30, 0, "")}


def test_every_letter_that_the_rules_ask_for_is_a_template() -> None:
    parts = letters.load(shipped.templates()).parts
    assert workflows.letters_exist(workflows.load(shipped.rules()), parts, shipped.rules()) == []


def test_a_small_workflow_is_accepted(tmp_path: Path) -> None:
    assert "asked" in workflows.load(folder_with(tmp_path, SMALL))["mobile"].states


ENDED = 'because = "It is done"'
MISTAKES = [
    ("[states.done]", "[states.finished]", 'there is no state "done"'),
    ("to = \"done\"\n", "to = \"asked\"\n", "no move leads to this state"),
    ("from = [\"asked\"]\nto = \"done\"", "from = [\"new\"]\nto = \"done\"", "no move leaves this state"),
    ("about = \"Asked.\"\n", "about = \"Asked.\"\nends = true\n", "and yet a move leaves it"),
    ("tasks = [\"update_mobile\"]", "tasks = [\"update_number\"]", 'there is no task "update_number"'),
    ("needs = [\"account\"]", "needs = [\"adress\"]", 'there is no fact "adress"'),
    ("days = [7]", "days = [30]", "30 days is not before the deadline of 30 days"),
    ("days = [7]", "before_days = [31]", "31 days is not before the deadline"),
    ("days = [7]", "daily_from = 30", "30 days is not before the deadline"),
    ("days = [7]", "months = [1]", "1 months is not before the deadline"),
    ("days = [7]", "working_days = [1]", "a reminder of a clock needs"),
    ("clock = \"leaver\"\ndays = [7]", "days = [7]", "a reminder without a clock needs"),
    ("clock = \"leaver\"", "clock = \"leavers\"", 'there is no clock "leavers"'),
    ("states = [\"asked\"]", "states = [\"ask\"]", 'there is no state "ask"'),
    ("on = \"done\"\ntask = \"update_mobile\"", "on = \"done\"", 'on = "done" needs task'),
    ("on = \"done\"", "on = \"after\"", 'on = "after" needs working_days'),
    ("on = \"mail\"", "on = \"expired\"", 'on = "expired" needs clock'),
    ("on = \"mail\"", "on = \"male\"", "on"),
    ('labels = ["mobile_update"]\nfrom', 'labels = ["mobiles"]\nfrom', 'there is no label "mobiles"'),
    ("labels = [\"mobile_update\"]\n\n", "labels = [\"password_reset\"]\n\n", '"password_reset" begins'),
    (ENDED, f'{ENDED}\nends_clock = "leafer"', 'there is no clock "leafer"'),
    (ENDED, f'{ENDED}\nwhen = ["has lost_day"]', 'there is no fact "lost_day"'),
    (ENDED, f'{ENDED}\nwhen = ["full moon"]', '"full moon" is no condition'),
    (ENDED, "because = \"\"", "because"),
    ('part = "mobile/change" }', 'part = "mobile/change", when = ["often"] }', '"often" is no condition'),
    ("about = \"Asked.\"\n", "about = \"Asked.\"\nasks = [\"shoe_size\"]\n", 'there is no fact "shoe_size"'),
    ("waits_for = \"admin\"", "waits_for = \"godot\"", "waits_for"),
    ("title = \"Do it\"", "titel = \"Do it\"", "titel"),
    ("to = [\"person\"]", "to = [\"persons\"]", "to"),
    ("[[reminders]]", "[[reminders]", "is not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "told"), MISTAKES, ids=[told for *_, told in MISTAKES])
def test_a_mistake_is_refused_with_file_and_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in SMALL
    rules = folder_with(tmp_path, SMALL.replace(right, wrong, 1))
    with pytest.raises(Mistakes) as refused:
        workflows.load(rules)
    lines = [str(m) for m in refused.value.mistakes]
    assert any(told in line and "workflows/" in line for line in lines), lines
    assert any(m.line > 0 for m in refused.value.mistakes) or "begins" in told


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    wrong = SMALL.replace("days = [7]", "days = [30]")
    with pytest.raises(Mistakes) as refused:
        workflows.load(folder_with(tmp_path, wrong))
    [mistake] = refused.value.mistakes
    assert wrong.splitlines()[mistake.line - 1] == "days = [30]"


@pytest.mark.parametrize("part", ["mobile/change", "mobile/reminder"])
def test_a_letter_that_no_template_makes_is_refused(tmp_path: Path, part: str) -> None:
    rules = folder_with(tmp_path, SMALL.replace(part, "mobile/nothing"))
    with pytest.raises(Mistakes) as refused:
        app.letters(rules=rules)
    [mistake] = refused.value.mistakes
    assert 'there is no letter "mobile/nothing"' in str(mistake)
    assert mistake.line > 0


CLOCK_MISTAKES = [
    ("days = 30\nthen", "then", "needs a length in days or in months"),
    ("months = 18", "months = 18\ndays = 3", "needs a length in days or in months"),
    ("then = \"restore\"", "then = \"restoration\"", 'there is no clock "restoration"'),
    ("months = 18", "months = -1", "months"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "told"), CLOCK_MISTAKES)
def test_a_mistake_in_the_clocks_is_refused(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    rules = folder_with(tmp_path, SMALL)
    file = rules / "workflows" / "clocks.toml"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(Mistakes, match=r"clocks\.toml:[0-9]+:") as refused:
        workflows.load(rules)
    assert told in str(refused.value)


def test_the_case_has_tasks_and_reminders_only(tmp_path: Path) -> None:
    rules = folder_with(tmp_path, SMALL)
    file = rules / "workflows" / "case.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('states = ["triage"]', 'states = ["reading"]'), encoding="utf-8")
    with pytest.raises(Mistakes, match=r'case\.toml:[0-9]+: .*there is no task "reading"'):
        workflows.load(rules)


def test_without_the_case_nothing_is_in_order(tmp_path: Path) -> None:
    rules = folder_with(tmp_path, SMALL)
    (rules / "workflows" / "case.toml").unlink()
    with pytest.raises(Mistakes, match=r"case\.toml: is missing"):
        workflows.load(rules)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = SMALL.replace("days = [7]", "days = [30]").replace('needs = ["account"]', 'needs = ["adress"]')
    with pytest.raises(Mistakes) as refused:
        workflows.load(folder_with(tmp_path, wrong))
    assert len(refused.value.mistakes) == 2
