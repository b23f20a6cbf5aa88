"""The chart of a simulated year: what came, what left, what was done, what was missed, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.picture import svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailbot.simulate.tally import Month

Series = tuple[str, str, str]  # the figure's name, its words, its colour

# Each colour has a contrast of at least 3 to 1 with the paper, and the number stands above each bar.
PANELS: tuple[tuple[str, tuple[Series, ...]], ...] = (
    (
        "Mail that came",
        (("mails", "all mail", "#005eb8"), ("for_a_person", "read by a person first", "#ae2573")),
    ),
    ("Letters that left", (("answers", "answers", "#005eb8"), ("reminders", "reminders", "#007f3b"))),
    (
        "Work of the admins",
        (
            ("acts", "acts", "#330072"),
            ("done_in_time", "tasks done when due", "#007f3b"),
            ("done_late", "tasks done later", "#b65400"),
        ),
    ),
    (
        "Deadlines of accounts",
        (("deadlines_met", "met", "#007f3b"), ("deadlines_missed", "missed", "#d5281b")),
    ),
)
MARGIN, LEFT, HEAD, PANEL, BARS = 24.0, 24.0, 70.0, 210.0, 110.0
MONTH_WIDTH = 84.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def chart(months: Mapping[str, Month], title: str) -> str:
    """The chart as an SVG document; `months` by name, such as 2027-01."""
    names = sorted(months)
    wide = 2 * MARGIN + max(len(names) * MONTH_WIDTH, svg.width(title, 22, bold=True))
    drawn = [svg.text(LEFT, 40, title, size=22, bold=True)]
    for n, (heading, series) in enumerate(PANELS):
        drawn += _panel(HEAD + n * PANEL, heading, series, [(name, months[name]) for name in names])
    return svg.document(wide, HEAD + len(PANELS) * PANEL, title, _in_words(months), "\n".join(drawn))


def _panel(
    top: float, heading: str, series: Sequence[Series], months: Sequence[tuple[str, Month]]
) -> list[str]:
    drawn = [svg.text(LEFT, top + 16, heading, size=17, bold=True), *_legend(top, heading, series)]
    most = max([getattr(month, key) for _, month in months for key, _, _ in series], default=0) or 1
    floor = top + 50 + BARS
    end = LEFT + len(months) * MONTH_WIDTH
    drawn.append(svg.path(f"M{LEFT:.1f} {floor:.1f}L{end:.1f} {floor:.1f}", edge=svg.GREY, thick=1))
    for n, (name, month) in enumerate(months):
        left = LEFT + n * MONTH_WIDTH
        drawn.append(svg.text(left + MONTH_WIDTH / 2, floor + 18, _month(name), size=13, anchor="middle"))
        drawn += _bars(left + 4, floor, series, month, most)
    return drawn


def _legend(top: float, heading: str, series: Sequence[Series]) -> list[str]:
    drawn, x = [], LEFT + svg.width(heading, 17, bold=True) + 28
    for _, said, colour in series:
        drawn += [svg.box(x, top + 3, 14, 14, fill=colour), svg.text(x + 20, top + 15, said)]
        x += 44 + svg.width(said)
    return drawn


def _bars(left: float, floor: float, series: Sequence[Series], month: Month, most: int) -> list[str]:
    drawn, step = [], (MONTH_WIDTH - 8) / len(series)
    for n, (key, _, colour) in enumerate(series):
        value = getattr(month, key)
        high = BARS * value / most
        drawn.append(svg.box(left + n * step, floor - high, step - 3, high, fill=colour))
        middle = left + n * step + (step - 3) / 2
        drawn.append(svg.text(middle, floor - high - 4, str(value), size=12, anchor="middle"))
    return drawn


def _month(name: str) -> str:
    year, _, month = name.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year[2:]}"


def _in_words(months: Mapping[str, Month]) -> str:
    """The chart for those who hear it."""
    told = []
    for name in sorted(months):
        said = [
            f"{getattr(months[name], key)} {words}" if heading != PANELS[3][0] else
            f"{getattr(months[name], key)} deadlines {words}"
            for heading, series in PANELS
            for key, words, _ in series
        ]  # fmt: skip
        told.append(f"{_month(name)}: {', '.join(said)}.")
    return " ".join(told)
