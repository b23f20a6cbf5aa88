"""The scenarios that travel with the tests, run by the command as anybody would run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
Lines = list[dict[str, Any]]


def simulated(folder: Path, code: int = 0) -> Lines:
    command = [sys.executable, "-m", "mailbot", "simulate", "--json", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def left(lines: Lines, template: str) -> list[str]:
    return [x["at"] for x in lines if x["kind"] == "sent" and x["template"] == template]


EXAMPLES = {
    "joiner": ("2027-02-27", "2027-03-29", "2027-03-23T17:00:00+00:00", "2027-03-23T16:00:00+00:00"),
    "joiner-christmas": (
        "2026-11-25",
        "2026-12-25",
        "2026-12-22T17:00:00+00:00",
        "2026-12-22T16:00:00+00:00",
    ),
    "joiner-substitute": (
        "2026-11-28",
        "2026-12-28",
        "2026-12-22T17:00:00+00:00",
        "2026-12-22T16:00:00+00:00",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_dates_of_the_three_examples_hold_to_the_minute(name: str) -> None:
    starts, deadline, act_by, escalation = EXAMPLES[name]
    lines = simulated(HERE / name)
    clocks = [x for x in lines if x["kind"] == "clock" and x["clock"] == "leaver"]
    assert len(clocks) == 1
    told = clocks[0]
    assert (told["starts"], told["deadline"], told["act_by"]) == (starts, deadline, act_by)
    assert told["assumed"] is False
    assert left(lines, "admin/escalation") == [escalation]


def test_the_first_example_goes_from_question_to_done() -> None:
    lines = simulated(HERE / "joiner")
    states = [x["to"] for x in lines if x["kind"] == "state"]
    assert states == ["advised", "confirmed", "requested", "joined"]
    assert left(lines, "joiner/reminder_lead") == ["2027-03-08T09:00:00+00:00", "2027-03-15T09:00:00+00:00"]
    assert left(lines, "joiner/joined") == ["2027-03-24T11:00:00+00:00"]
    letters = [x for x in lines if x["kind"] == "sent"]
    assert {x["from"] for x in letters} == {"helpdesk@nhs.net"}
    assert all(x["headers"]["Auto-Submitted"].startswith("auto-") for x in letters)


def test_a_deadline_on_christmas_day_ends_in_the_restore_window() -> None:
    lines = simulated(HERE / "joiner-christmas")
    assert [x["to"] for x in lines if x["kind"] == "state"] == ["confirmed", "expired"]
    restore = next(x for x in lines if x["kind"] == "clock" and x["clock"] == "restore")
    assert (restore["starts"], restore["deadline"]) == ("2026-12-25", "2027-01-24")
    assert left(lines, "admin/restore") == ["2026-12-29T09:00:00+00:00"]


def test_the_same_scenario_gives_the_same_lines() -> None:
    assert simulated(HERE / "joiner-christmas") == simulated(HERE / "joiner-christmas")
