"""A workflow's picture: states from top to bottom, and between them what moves them and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.core.rules import NEW, StateRule
from mailbot.picture import svg, wording
from mailbot.picture.layers import MARGIN, Box, Link, Point, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailbot.core.rules import Move, Workflow

STATE_WIDTH, MOVE_WIDTH, PADDING, BAND = 268.0, 226.0, 12.0, 8.0
TITLE = 17
LEAD, BETWEEN = 4.0, 6.0  # between lines, and more between one statement and the next
HEAD = 84.0  # the room for title and legend
# Band of a state by whom it waits for; the words say it too.
_BANDS = {"person": "#005eb8", "regional_lead": "#007f3b", "admin": "#330072", "new_organisation": "#7c2855"}
_FILLS = {"mail": "#e8f1fa", "act": "#fff4d1", "time": "#e8edee"}
_KINDS = {"mail": "mail", "done": "act", "refused": "act", "set": "act", "close": "act"}
_LEGEND = (("mail", "a mail"), ("act", "an admin’s act"), ("time", "time, or another case"))
_BEGINNING = StateRule(NEW, "Nothing has come yet.", "nobody")


@dataclass(frozen=True, slots=True)
class _Words:
    """A box's lines: each with its size, whether it is bold, and the space above it."""

    lines: tuple[tuple[str, float, bool, float], ...]

    @property
    def height(self) -> float:
        return sum(size + LEAD + above for _, size, _, above in self.lines) + 2 * PADDING


def draw(workflow: Workflow) -> str:
    """The workflow as an SVG document, with its title and all of it in words for screen readers."""
    states = _states(workflow)
    moves = {f"move {n}": move for n, move in enumerate(workflow.moves) if set(move.sources) - {move.to}}
    words = {name: _state_words(rule, workflow) for name, rule in states.items()}
    words |= {name: _move_words(move) for name, move in moves.items()}
    boxes = {
        name: Box(STATE_WIDTH if name in states else MOVE_WIDTH, told.height) for name, told in words.items()
    }
    laid = laid_out(boxes, _layers(states, moves), _links(moves))
    drawn = [_head(workflow), f'<g transform="translate(0 {HEAD:g})">']
    drawn += [_line(points, arrow=link[1] in states) for link, points in laid.routes.items()]
    drawn += [_state(states[name], words[name], laid.places[name]) for name in states]
    drawn += [_move(move, words[name], laid.places[name]) for name, move in moves.items()]
    wide = max(laid.width, _head_width(workflow))
    told = " ".join(wording.sentences(workflow))
    title = f"Workflow {workflow.name}: {workflow.title}"
    return svg.document(wide, laid.height + HEAD, title, told, "\n".join([*drawn, "</g>"]))


def _states(workflow: Workflow) -> dict[str, StateRule]:
    """The states in their order, the beginning first, and what a move names without a table of its own."""
    found = {NEW: _BEGINNING} | dict(workflow.states)
    for name in (s for move in workflow.moves for s in move.sources):
        found.setdefault(name, StateRule(name, "Whatever its state is.", "nobody"))
    return found


# --- rows and lines ------------------------------------------------------------------------------------


def _layers(states: Mapping[str, StateRule], moves: Mapping[str, Move]) -> dict[str, int]:
    """A state stands below all that lead to it from earlier in the file; a move stands below its sources."""
    order = {name: n for n, name in enumerate(states)}
    rows = dict.fromkeys(states, 0)
    for name in states:
        before = [
            rows[s] for m in moves.values() if m.to == name for s in m.sources if order[s] < order[name]
        ]
        rows[name] = max(before, default=-2) + 2
    layers = dict(rows)
    for name, move in moves.items():
        onward = [rows[s] for s in move.sources if order[s] < order[move.to]]
        layers[name] = max(onward, default=rows[move.to]) + 1
    return layers


def _links(moves: Mapping[str, Move]) -> list[Link]:
    found: list[Link] = []
    for name, move in moves.items():
        found += [(source, name) for source in move.sources if source != move.to]
        found.append((name, move.to))
    return found


def _line(points: Sequence[Point], *, arrow: bool) -> str:
    """Straight through rows, bent between them."""
    x, y = points[0]
    d = [f"M{x:.1f} {y:.1f}"]
    for n, (x2, y2) in enumerate(points[1:], start=1):
        if n % 2:
            d.append(f"L{x2:.1f} {y2:.1f}")
        else:
            middle = (y + y2) / 2
            d.append(f"C{x:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}")
        x, y = x2, y2
    return svg.path(" ".join(d), arrow=arrow)


# --- boxes ---------------------------------------------------------------------------------------------


def _state_words(rule: StateRule, workflow: Workflow) -> _Words:
    said = [rule.about]
    said += [
        f"Stays here. {'. '.join((wording.moved_by(move), *wording.brings(move)))}"
        for move in workflow.moves
        if set(move.sources) == {move.to} and move.to == rule.name
    ]
    said += [wording.reminded(r) for r in workflow.reminders if rule.name in r.states]
    waits = wording.waits(rule) if rule.name in workflow.states else ""
    return _words([(rule.name, TITLE), (waits, svg.SIZE)], said, STATE_WIDTH - BAND)


def _move_words(move: Move) -> _Words:
    again = [f"Also while {move.to}"] if move.to in move.sources else []
    said = [move.because, *again, *wording.brings(move)]
    return _words([(wording.moved_by(move), svg.SIZE)], said, MOVE_WIDTH)


def _words(heads: Sequence[tuple[str, float]], said: Iterable[str], width: float) -> _Words:
    room = width - 2 * PADDING
    lines: list[tuple[str, float, bool, float]] = []
    for head, size in heads:
        lines += [(line, size, True, 0.0) for line in svg.wrapped(head, room, size, bold=True)]
    for one in said:
        wrapped = svg.wrapped(one, room)
        lines += [(line, svg.SIZE, False, 0.0 if n else BETWEEN) for n, line in enumerate(wrapped)]
    return _Words(tuple(lines))


def _written(words: _Words, left: float, top: float) -> str:
    drawn, y = [], top + PADDING
    for line, size, bold, above in words.lines:
        y += size + LEAD + above
        drawn.append(svg.text(left + PADDING, y - LEAD - 1, line, size=size, bold=bold))
    return "\n".join(drawn)


def _state(rule: StateRule, words: _Words, place: Point) -> str:
    left, top = place[0] - STATE_WIDTH / 2, place[1]
    fill = svg.PALE if rule.ends or rule.waits_for == "nobody" else svg.PAPER
    band = _BANDS.get(rule.waits_for, svg.GREY)
    return "\n".join(
        (
            svg.box(left, top, STATE_WIDTH, words.height, fill=fill, edge=band, thick=2),
            svg.box(left, top, BAND, words.height, fill=band),
            _written(words, left + BAND, top),
        )
    )


def _move(move: Move, words: _Words, place: Point) -> str:
    left = place[0] - MOVE_WIDTH / 2
    fill = _FILLS[_KINDS.get(move.on, "time")]
    around = svg.box(left, place[1], MOVE_WIDTH, words.height, fill=fill, edge=svg.GREY, round_=8)
    return f"{around}\n{_written(words, left, place[1])}"


def _head(workflow: Workflow) -> str:
    drawn = [svg.text(MARGIN, 38, f"{workflow.name}: {workflow.title}", size=22, bold=True)]
    x = MARGIN
    for kind, said in _LEGEND:
        drawn.append(svg.box(x, 56, 18, 18, fill=_FILLS[kind], edge=svg.GREY, round_=4))
        drawn.append(svg.text(x + 24, 70, said))
        x += 48 + svg.width(said)
    return "\n".join(drawn)


def _head_width(workflow: Workflow) -> float:
    title = svg.width(f"{workflow.name}: {workflow.title}", 22, bold=True)
    legend = sum(48 + svg.width(said) for _, said in _LEGEND)
    return max(title, legend) + 2 * MARGIN
