"""A store whose process is killed: what was promised is there at the next start, and nothing half done."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from mailbot.store.tinydb import TinyStore

from .facts import facts
from .folders import STORY, reopened, told

if TYPE_CHECKING:
    from pathlib import Path

# Spread over log, ledgers, tables and archive.
FSYNCS = range(1, 120, 12)


def victim(folder: Path, *how: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.store.victim", str(folder), *how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_every_commit_that_was_promised_outlives_a_kill(folder: Path) -> None:
    process = victim(folder, "kill")
    assert process.stdout is not None
    promised = [int(process.stdout.readline()) for _ in range(300)]
    process.kill()
    promised += [
        int(line) for line in process.communicate()[0].splitlines(keepends=True) if line.endswith(b"\n")
    ]
    store = TinyStore(folder)
    there = [ticket.number for ticket in store.tickets()]
    assert there == list(range(1, len(there) + 1))
    assert promised == there[: len(promised)]
    assert [entry.ticket for entry in store.audit()] == there
    assert all(store.known(f"<{number}@nhs.net>", "d") for number in there)
    assert [store.letters(number)[0].ticket for number in there] == there
    store.close()


def test_whichever_fsync_it_dies_at_the_story_stands_at_a_whole_step(folder: Path) -> None:
    for last in FSYNCS:
        process = victim(folder.with_name(f"var-{last}"), "story", str(last))
        steps = len(process.communicate()[0].splitlines())
        found = reopened(folder.with_name(f"var-{last}"))
        assert found in (told(steps), told(min(steps + 1, len(STORY)))), f"killed at fsync {last}"


def test_a_full_disk_ends_commits_with_a_remedy_and_keeps_what_was_promised(folder: Path) -> None:
    process = victim(folder, "full")
    out, err = process.communicate()
    promised = [int(line) for line in out.splitlines()]
    assert process.returncode == 1
    assert b"log.jsonl: a commit could not be saved" in err
    assert b"make room" in err
    store = TinyStore(folder)
    assert [ticket.number for ticket in store.tickets()] == promised == list(range(1, len(promised) + 1))
    expected = facts(store)
    store.close()
    assert reopened(folder) == expected
