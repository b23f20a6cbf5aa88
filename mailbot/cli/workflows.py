"""`mailbot workflows`: a picture of every workflow, and a page that shows them all."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.cli import output, page
from mailbot.picture.wording import sentences
from mailbot.picture.workflow import draw

if TYPE_CHECKING:
    from pathlib import Path

    from mailbot.core.rules import Workflow, Workflows


def workflows(folder: Path, config: Path | None) -> int:
    """Writes NAME.svg for each workflow and index.html to the folder; the exit code."""
    with output.told_plainly() as code, page.written_plainly(code):
        rules = app.desk(app.settings(config, offline=True)).workflows
        for workflow in rules.by_name.values():
            page.write(folder / f"{workflow.name}.svg", draw(workflow))
        page.write(folder / "index.html", index(rules))
        output.console().print(
            f"{len(rules.by_name)} workflows; open {folder / 'index.html'}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return code[0]


def index(rules: Workflows) -> str:
    """The page with every picture, and beside each the same in words."""
    found = [rules.by_name[name] for name in sorted(rules.by_name)]
    menu = "".join(f'<li><a href="#{w.name}">{escape(_title(w))}</a></li>' for w in found)
    body = [
        "<h1>Workflows</h1>",
        "<p>How each request goes on: its states, what moves them, and what comes of each move. The pictures "
        "are drawn from the rules in <code>rules/workflows</code>.</p>",
        f'<nav aria-label="Workflows"><ul class="menu">{menu}</ul></nav>',
        *(_section(workflow) for workflow in found),
        '<h2 id="clocks">Clocks</h2>',
        f"<ul>{''.join(f'<li>{escape(said)}</li>' for said in _clocks(rules))}</ul>",
    ]
    return page.page("Workflows", "\n".join(body))


def _title(workflow: Workflow) -> str:
    return f"{workflow.name}: {workflow.title}"


def _section(workflow: Workflow) -> str:
    name, title = workflow.name, escape(_title(workflow))
    told = "".join(f"<li>{escape(said)}</li>" for said in sentences(workflow))
    tasks = "".join(
        f"<li><code>{escape(t.name)}</code>: {escape(t.title)}</li>" for t in workflow.tasks.values()
    )
    return (
        f'<h2 id="{name}">{title}</h2>'
        f'<p><a href="{name}.svg">The picture by itself<span class="hidden">: {title}</span></a></p>'
        f'<div class="wide" role="region" aria-label="Picture of {name}" tabindex="0">'
        f'<img src="{name}.svg" alt="{title}. The list “In words” says the same."></div>'
        + (f"<h3>Tasks</h3><ul>{tasks}</ul>" if tasks else "")
        + f'<details><summary>In words<span class="hidden">: {title}</span></summary>'
        + f"<ul>{told}</ul></details>"
    )


def _clocks(rules: Workflows) -> list[str]:
    told = []
    for clock in rules.clocks.values():
        long = f"{clock.months} calendar months" if clock.months else f"{clock.days} calendar days"
        after = f"; then the {clock.then} clock starts" if clock.then else ""
        told.append(f"{clock.name}: {long}{after}")
    return told
