"""`mailbot letters`: every letter written out with sample facts, and a page that says where each is used."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.cli import output, page
from mailbot.config import gallery
from mailbot.config.facts import FACTS
from mailbot.core.letter import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mailbot.config.gallery import Sample, Use
    from mailbot.core.desk import Desk
    from mailbot.core.letter import Fact
    from mailbot.core.rules import Workflows

_READERS = {
    Role.PERSON: "the midwife, or whoever wrote",
    Role.REGIONAL_LEAD: "the deputy regional maternity lead",
    Role.ADMIN: "the admins",
    Role.CSP: "the Customer Service Portal",
}
_EVERY = "Whatever a mail asks for"
_NOBODY = "Used by no rule"


def letters(folder: Path, config: Path | None) -> int:
    """Writes the letters and index.html to the folder; the exit code."""
    with output.told_plainly() as code, page.written_plainly(code):
        desk = app.desk(app.settings(config, offline=True))
        written = app.letters()
        used = gallery.uses(desk.workflows, written.parts)
        made = list(gallery.samples(written, used, _known(desk) if config else {}))
        for sample in made:
            page.write(folder / f"{sample.name}.html", sample.letter.html)
            page.write(
                folder / f"{sample.name}.txt", f"Subject: {sample.letter.subject}\n\n{sample.letter.text}"
            )
        page.write(folder / "index.html", index(desk.workflows, used, made))
        output.console().print(
            f"{len(written.parts)} letters in {2 * len(made)} files; open {folder / 'index.html'}",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    return code[0]


def _known(desk: Desk) -> Mapping[str, Fact]:
    """What the settings name, in the place of the sample names and numbers."""
    from mailbot.core.facts import general

    told = general(None, desk, gallery.SAMPLED)
    names = (
        "product", "team", "team_phone", "hours", "national_phone", "national_helpdesk", "lead_address",
        "csp_address", "helpdesk_address",
    )  # fmt: skip
    return {name: told[name] for name in names if name in FACTS}


def index(workflows: Workflows, used: Mapping[str, Sequence[Use]], made: Sequence[Sample]) -> str:
    """The page that leads to every letter, a chapter a workflow."""
    samples: dict[str, list[Sample]] = {}
    for sample in made:
        samples.setdefault(sample.part, []).append(sample)
    chapters = _chapters(workflows, used)
    menu = "".join(f'<li><a href="#{key}">{escape(title)}</a></li>' for key, title, _ in chapters)
    body = [
        "<h1>Letters to review</h1>",
        "<p>Every letter as it reads with sample facts. Nothing here has been sent. A letter to an address "
        "outside NHSmail never names anybody or anything of an account; a reminder leaves in working hours "
        "only. To change a letter, edit its file in the folder <code>templates</code>.</p>",
        f'<nav aria-label="Chapters"><ul class="menu">{menu}</ul></nav>',
    ]
    for key, title, parts in chapters:
        body.append(f'<h2 id="{key}">{escape(title)}</h2>')
        body += [_letter(part, used[part], samples.get(part, []), key) for part in parts]
    return page.page("Letters to review", "\n".join(body))


def _chapters(
    workflows: Workflows, used: Mapping[str, Sequence[Use]]
) -> list[tuple[str, str, Sequence[str]]]:
    """Each chapter's key, title and letters; a letter that several workflows use stands in each."""
    chapters = []
    for name, workflow in sorted(workflows.by_name.items()):
        parts = [part for part, uses in used.items() if any(use.workflow == name for use in uses)]
        chapters.append((name, f"{name}: {workflow.title}", parts))
    of_all = [
        part for part, uses in used.items() if any(use.workflow in ("", workflows.case.name) for use in uses)
    ]
    chapters.append(("every", _EVERY, of_all))
    chapters.append(("unused", _NOBODY, [part for part, uses in used.items() if not uses]))
    return [chapter for chapter in chapters if chapter[2]]


def _letter(part: str, uses: Sequence[Use], samples: Sequence[Sample], chapter: str) -> str:
    subject = samples[0].letter.subject if samples else ""
    wanted = ("", "case") if chapter == "every" else (chapter,)
    occasions = "".join(
        f"<li>{escape(use.when)}, to {_READERS[use.to]}</li>" for use in uses if use.workflow in wanted
    )
    links = "".join(
        f'<li><a href="{s.name}.html">{escape(_variant(s))}</a> '
        f'(<a href="{s.name}.txt">as text<span class="hidden">: {escape(part)}, '
        f"{escape(_variant(s))}</span></a>)</li>"
        for s in samples
    )
    return (
        f'<section class="card"><h3>{escape(gallery.title(part)).capitalize()}</h3>'
        f"<p><strong>Subject:</strong> {escape(subject)}<br><strong>File:</strong> "
        f"<code>templates/{escape(part)}.md</code></p>"
        f"<h4>When it goes</h4><ul>{occasions or '<li>never: no rule uses it</li>'}</ul>"
        f"<h4>How it reads</h4><ul>{links}</ul></section>"
    )


def _variant(sample: Sample) -> str:
    if sample.letter.role is not Role.PERSON:
        return f"to {_READERS[sample.letter.role]}"
    place = "inside NHSmail" if sample.inside else "outside NHSmail"
    return f"{place}, {'outside' if sample.out_of_hours else 'in'} working hours"
