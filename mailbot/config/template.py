"""One template of a letter: its subject, its Markdown, and what is wrong with it."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.config.facts import FACTS, PERSONAL
from mailbot.config.markup import hide
from mailbot.config.mistake import Mistake, Mistakes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For),
    *(nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat),
    *(nodes.Filter, nodes.Test, nodes.Getattr),
)
_HEAD = re.compile(r"(Subject|Extra):[ \t]*(\S.*)")
_REMEDY = "ask {% if … %} first; put a list out with {% for … %}"
_PRIVATE = re.compile("[\ue000-\uf8ff]")


class Markdown(str):
    """Markdown of ours, which enters a layout as it stands; every other value enters as text."""

    __slots__ = ()


class NotKnown(ValueError):  # noqa: N818 - it says what the fact is
    """A letter puts out a fact that is not known, or one that is no text."""


def _finalize(value: object) -> str:
    if value is None:
        raise NotKnown("puts out a fact that may not be known")
    if not isinstance(value, str):
        raise NotKnown("puts out what is no text")
    return value if isinstance(value, Markdown) else hide(value)


def _environment(*, frame: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        lstrip_blocks=True,
        autoescape=frame,
        finalize=None if frame else _finalize,
    )
    made.globals.clear()
    return made


_LETTERS = _environment(frame=False)
_FRAME = _environment(frame=True)


@dataclass(frozen=True, slots=True)
class Source:
    """A part: `extra` ones are a remark beside an answer, and no answer of their own."""

    subject: Template
    body: Template
    extra: bool


def part(file: Path) -> Source:
    """Reads a part: `Subject: …`, a blank line, Markdown. `Mistakes` for all that is wrong."""
    text = _read(file)
    head, length = _head(text)
    if "Subject" not in head:
        raise Mistakes([Mistake(file, 1, "has no subject", "begin with “Subject: …” and a blank line")])
    line, subject = head["Subject"]
    body = "\n".join(text.split("\n")[length:])
    first = _compiled(_LETTERS, file, "\n" * (line - 1) + subject, FACTS)
    second = _compiled(_LETTERS, file, "\n" * length + body, FACTS)
    wrong = [*first[1], *second[1]] or [
        *_tried(file, first[0], first[2]),
        *_tried(file, second[0], second[2]),
    ]
    if wrong:
        raise Mistakes(wrong)
    return Source(first[0], second[0], "Extra" in head)


def layout(file: Path) -> Template:
    """Reads a layout in Markdown; beside the facts it has the `body` and how many `things` it answers."""
    template, wrong, used = _compiled(_LETTERS, file, _read(file), {*FACTS, "body", "things"})
    if wrong := wrong or _tried(file, template, used):
        raise Mistakes(wrong)
    return template


def frame(file: Path) -> Template:
    """Reads the frame of an HTML letter: its values are escaped, but for the `letter` itself."""
    template, wrong, _ = _compiled(_FRAME, file, _read(file), {"subject", "letter", "team", "product"})
    if wrong:
        raise Mistakes(wrong)
    return template


def _read(file: Path) -> str:
    try:
        text = file.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except OSError as error:
        raise Mistakes([Mistake(file, 0, f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Mistakes([Mistake(file, line, "is not UTF-8", "save it as UTF-8")]) from error
    wrong = []
    for number, line_text in enumerate(text.split("\n"), start=1):
        if _PRIVATE.search(line_text):
            wrong.append(Mistake(file, number, "has a character for private use", "remove it"))
        if file.suffix == ".md" and "](" in line_text:
            wrong.append(Mistake(file, number, "hides an address behind words", "write <https://…> in full"))
    if wrong:
        raise Mistakes(wrong)
    return text


def _head(text: str) -> tuple[dict[str, tuple[int, str]], int]:
    """The head's values with their lines, and how many lines it takes with the blank one after it."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            return found, number
        if not (named := _HEAD.match(line)):
            return {}, 0
        found[named.group(1)] = (number, named.group(2).rstrip())
    return found, len(text.split("\n"))


def _compiled(
    environment: ImmutableSandboxedEnvironment, file: Path, text: str, known: Iterable[str]
) -> tuple[Template, list[Mistake], frozenset[str]]:
    try:
        tree = environment.parse(text)
        used = meta.find_undeclared_variables(tree)
        code = environment.compile(tree, filename=str(file))
    except TemplateSyntaxError as error:
        raise Mistakes([Mistake(file, error.lineno, error.message or "is not Jinja")]) from error
    template = environment.template_class.from_code(environment, code, environment.globals)
    return template, list(_refused(tree, file, used - set(known))), frozenset(used)


def _refused(tree: nodes.Template, file: Path, unknown: set[str]) -> Iterator[Mistake]:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name) and node.name in unknown:
            yield Mistake(file, node.lineno, f"unknown variable {node.name}", "use a fact of a letter")
        elif not isinstance(node, _ALLOWED):
            yield Mistake(file, node.lineno, f"{type(node).__name__} is not for letters", "use if and for")
        elif isinstance(node, nodes.Getattr) and node.node != nodes.Name("loop", "load"):
            yield Mistake(file, node.lineno, f"a fact has no {node.attr}", "use the fact as it is")


def _tried(file: Path, template: Template, used: frozenset[str]) -> list[Mistake]:
    """What goes wrong when facts are there or not there: all, none, all but one, one alone."""
    wrong: dict[Mistake, None] = {}
    for facts in _trials(used):
        try:
            template.render(facts)
        except (ValueError, TypeError, TemplateError) as error:
            wrong[Mistake(file, _line(error, file), str(error), _REMEDY)] = None
    return list(wrong)


def _trials(used: frozenset[str]) -> Iterator[Mapping[str, object]]:
    kinds = {name: FACTS.get(name, str) for name in used}
    full: dict[str, object] = {
        name: {bool: True, tuple: ("x",)}.get(kind, "x") for name, kind in kinds.items()
    }
    empty: dict[str, object] = {name: {bool: False, tuple: ()}.get(kind, "") for name, kind in kinds.items()}
    empty |= dict.fromkeys(name for name, kind in kinds.items() if kind is str and name in PERSONAL)
    yield full
    yield empty
    for name in sorted(used):
        yield full | {name: empty[name]}
        yield empty | {name: full[name]}


def _line(error: Exception, file: Path) -> int:
    """The template's line that failed: Jinja gives its frames the template's own lines."""
    lines = [
        line for at, line in traceback.walk_tb(error.__traceback__) if at.f_code.co_filename == str(file)
    ]
    return lines[-1] if lines else 0
