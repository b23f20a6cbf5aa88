"""Fuzzes the reading of mail: `python tests/mail/fuzz_parse.py MINUTES`, seeded with tests/emails.

It ends with exit 1 at the first mail that raises, gives no JSON or takes a second; the smallest is printed.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mailbot.mail.parse import as_json, parse

SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "emails").glob("*.eml"))]
LINES = sorted({line for seed in SEEDS for line in seed.split(b"\n")})
ROUND = 2_000


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A mail after some accidents: bytes lost, added or repeated, lines changed, two mails joined."""
    lines = draw(st.sampled_from(SEEDS)).split(b"\n")
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(lines) - 1))
        accident = draw(st.sampled_from(("lose", "take", "repeat", "bytes", "cut", "join")))
        if accident == "lose" and len(lines) > 1:
            del lines[at]
        elif accident == "take":
            lines.insert(at, draw(st.sampled_from(LINES)))
        elif accident == "repeat":
            lines[at:at] = lines[at : at + draw(st.integers(1, 20))] * draw(st.integers(1, 30))
        elif accident == "bytes":
            lines[at] += draw(st.binary(max_size=30))
        elif accident == "cut":
            lines[at] = lines[at][: draw(st.integers(0, 60))]
        else:
            lines[at:] = draw(st.sampled_from(SEEDS)).split(b"\n")[:200]
        lines = lines[:5_000]
    return b"\n".join(lines)


@settings(
    max_examples=ROUND,
    deadline=timedelta(seconds=1),
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(damaged())
def read(raw: bytes) -> None:
    json.dumps(as_json(parse(raw), "x.eml"), ensure_ascii=False).encode("utf-8")


def main(minutes: float) -> None:
    """Reads damaged mails for so many minutes."""
    end, rounds = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        read()
        rounds += 1
    sys.stdout.write(f"{rounds * ROUND:,} mails read, no failure\n")


if __name__ == "__main__":
    main(float(sys.argv[1]))
