"""The weights that were learned from labelled mail, as a file that can be read and compared line by line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailbot.config.mistake import Mistake, Mistakes
from mailbot.core.triage.learned import Learned

if TYPE_CHECKING:
    from pathlib import Path

FILE = "learned.json"
_LIMITS = ("change", "sure", "wary", "firm")


def load(folder: Path) -> Learned:
    """The weights of a folder of triage rules, none without the file; `Mistakes` where it is broken."""
    file = folder / FILE
    if not file.is_file():
        return Learned()
    try:
        told: dict[str, Any] = json.loads(file.read_bytes())
        weights = {str(f): {str(k): float(v) for k, v in w.items()} for f, w in told["weights"].items()}
        bias = {str(k): float(v) for k, v in told["bias"].items()}
        return Learned(weights, bias, *(float(told[name]) for name in _LIMITS))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        line = getattr(error, "lineno", 0)
        remedy = "make it anew with `mailbot learn`, or delete it: the rules work without it"
        raise Mistakes([Mistake(file, line, f"is not what was learned: {error}", remedy)]) from error


def save(folder: Path, learned: Learned) -> Path:
    """Writes the weights, one feature a line in the order of the alphabet, so that a change can be seen."""
    limits = "".join(f'"{name}": {getattr(learned, name)},\n' for name in _LIMITS)
    lines = ",\n".join(
        f"{json.dumps(f, ensure_ascii=False)}: {json.dumps(dict(sorted(w.items())))}"
        for f, w in sorted(learned.weights.items())
    )
    bias = json.dumps(dict(sorted(learned.bias.items())))
    file = folder / FILE
    file.write_text(f'{{\n{limits}"bias": {bias},\n"weights": {{\n{lines}\n}}\n}}\n', encoding="utf-8")
    return file
