"""`mailbot simulate`: a scenario on a turned clock, printed as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailbot.cli import output

if TYPE_CHECKING:
    from pathlib import Path


def simulate(folder: Path, config: Path | None, *, json: bool) -> int:
    """Prints what happens in the order of time; the exit code."""
    from mailbot.simulate import simulate as run
    from mailbot.simulate.run import StepError

    if not folder.is_dir():
        return output.fail(f"{folder}: there is no such folder; it must hold scenario.toml")
    with output.told_plainly() as code:
        try:
            for told in run(folder, config):
                if json:
                    output.line(told)
                else:
                    _show(told)
        except StepError as error:
            return output.fail(error)
    return code[0]


_WORDS = {
    "received": "mail {file} → case {ticket}: {intents} ({act}, trust {trust})",
    "state": "case {ticket}: {workflow} {from} → {to}: {because}",
    "task": "case {ticket}: task {task}, open {open}, due {due}, missing {missing}",
    "clock": "case {ticket}: {clock} clock from {starts} to {deadline}, act by {act_by}, assumed {assumed}",
    "sent": "case {ticket}: letter {template} to {to}: {subject}",
    "closed": "case {ticket}: closed: {because}",
}


def _show(told: dict[str, Any]) -> None:
    console = output.console()
    words = _WORDS[told["kind"]].format(**told)
    console.print(f"{told['at']}  {words}", markup=False, highlight=False, soft_wrap=True)
