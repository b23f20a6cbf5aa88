"""How long a commit takes at 100, 5,000 and 50,000 tickets, beside the floor: one line written and synced.

Run it from the checkout: `python -m benchmarks.store [FOLDER]`; the folder says which disk is measured.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.core.decision import Audit, Decision, Seen, Wake
from mailbot.core.letter import Letter, Role, Sort
from mailbot.core.place import Place
from mailbot.core.ticket import Entry, Request, Step, Task, Ticket, reference
from mailbot.store import codec
from mailbot.store.change import change
from mailbot.store.lines import seal
from mailbot.store.tinydb import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SIZES = (100, 5_000, 50_000)
ROUNDS = 300
TOGETHER = 2_000


def decision(number: int) -> Decision:
    """What a first mail of usual length leads to."""
    who, mail = f"ann.{number}@nhs.net", f"<{number}@mail.nhs.net>"
    task = Task("mark_joiner", NOW, NOW + timedelta(days=1), missing=("leaver_date",))
    request = Request(
        "joiner", ("joiner",), "asked", NOW, NOW, who, claims={"account": who}, tasks=(task,),
        steps=(Step(NOW, None, "asked", "she asks to bring her account"),),
    )  # fmt: skip
    ticket = Ticket(
        number, "My account moves with me", NOW, "helpdesk", participants=(who,), requests=(request,),
        entries=(Entry(NOW, "mail", who, "Dear team, " + "please bring my account. " * 30, message_id=mail),),
        mail_ids=(mail,), letters=1,
    )  # fmt: skip
    letter = Letter(
        f"{reference(number)}-1", number, "acknowledge", Role.PERSON, who, "Ann", Sort.ANSWER,
        ("acknowledge", "joiner"), {"reference": reference(number)}, NOW, NOW,
        subject="We have your mail", text="Dear Ann, " + "this is what happens next. " * 30,
    )  # fmt: skip
    return Decision(
        tickets=(ticket,),
        letters=(letter,),
        seen=Seen(mail, f"{number:064x}", number, Place("helpdesk", "INBOX", 1, number)),
        audit=(Audit(NOW, "mailbot", "opened", number, "a mail from a person"),),
        wakes={number: Wake(NOW + timedelta(days=7, minutes=number % 999), "remind")},
    )


def microseconds(work: Callable[[int], object], rounds: int) -> tuple[float, float]:
    """The median and the 99th percentile of one round, in microseconds."""
    taken = []
    for number in range(rounds):
        begun = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - begun) * 1e6)
    taken.sort()
    return taken[rounds // 2], taken[rounds * 99 // 100]


def floor(folder: Path) -> float:
    """What a commit's line costs without any store, in microseconds."""
    line = seal(codec.CHANGE.dump(change(1, decision(1))))
    file = os.open(folder / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(_: int) -> None:
        os.write(file, line)
        os.fsync(file)

    found = microseconds(write, ROUNDS)[0]
    os.close(file)
    return found


def measure(folder: Path, size: int) -> None:
    """Fills a store with that many tickets, and prints what one more commit costs."""
    store = TinyStore(folder)
    begun = time.perf_counter()
    for number in range(1, size + 1):
        done = store.commit(decision(number))
    done.result()
    filled = time.perf_counter() - begun
    store.settle()
    store.commit(decision(1)).result()
    store.settle()
    bare = floor(folder)
    alone = microseconds(lambda n: store.commit(decision(size + 1 + n % 50)).result(), ROUNDS)
    begun = time.perf_counter()
    waiting = [store.commit(decision(size + 1 + number % 50)) for number in range(TOGETHER)]
    caller = (time.perf_counter() - begun) / TOGETHER * 1e6
    for future in waiting:
        future.result()
    together = TOGETHER / (time.perf_counter() - begun)
    read = microseconds(lambda n: store.ticket(n + 1), 1000)[0]
    begun = time.perf_counter()
    store.close()
    closed = time.perf_counter() - begun
    begun = time.perf_counter()
    store = TinyStore(folder, snapshot_bytes=1)
    started = time.perf_counter() - begun
    meanwhile = microseconds(lambda n: store.commit(decision(size + 1 + n % 50)).result(), ROUNDS)
    store.close()
    print(
        f"{size:6,} tickets: floor {bare:5,.0f} µs | "
        f"alone {alone[0]:6,.0f} µs (p99 {alone[1]:,.0f}) = {1e6 / alone[0]:5,.0f}/s | "
        f"while the tables are written {meanwhile[0]:5,.0f} µs (p99 {meanwhile[1]:,.0f}) | "
        f"together {together:6,.0f}/s, {caller:4,.0f} µs of the caller | ticket(n) {read:.1f} µs | "
        f"filled in {filled:.1f} s, closed in {closed:.2f} s, started in {started:.2f} s"
    )


def main(where: str | None = None) -> None:
    """Measures in a new folder within `where`."""
    with tempfile.TemporaryDirectory(dir=where) as folder:
        for size in SIZES:
            measure(Path(folder) / str(size), size)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:2])
