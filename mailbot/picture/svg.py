"""SVG: its elements as text, how wide words are, and the colours."""

from __future__ import annotations

from html import escape

INK, PAPER, BLUE, GREY, PALE = "#212b32", "#ffffff", "#005eb8", "#4c6272", "#f0f4f5"
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
SIZE = 13.0  # of text in boxes, in px; nothing is smaller than 12

# Widths of Helvetica, with which Arial and Liberation Sans agree, in thousandths of the size.
_NARROW = {278: " !,./:;I[]\\ft", 222: "ijl", 333: "-()r", 191: "'", 500: "Jckszvxy"}
_WIDE = {
    611: "FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    944: "W—",
    1015: "@",
    1000: "→…",
    584: "+<=>",
}
_WIDTHS = {sign: width for table in (_NARROW, _WIDE) for width, signs in table.items() for sign in signs}
_BOLD = 1.09


def width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """How wide the text is, in px; a sign that is not in the table counts as a digit."""
    return sum(_WIDTHS.get(sign, 556) for sign in text) * size / 1000 * (_BOLD if bold else 1)


def wrapped(text: str, room: float, size: float = SIZE, *, bold: bool = False) -> list[str]:
    """The text in lines no wider than the room, in px; a word that is wider has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def text(
    x: float,
    y: float,
    said: str,
    *,
    size: float = SIZE,
    bold: bool = False,
    fill: str = INK,
    anchor: str = "start",
) -> str:
    """One line of text whose baseline is at y; `anchor` is start, middle or end."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight} fill="{fill}"'
        f' text-anchor="{anchor}">{escape(said)}</text>'
    )


def box(
    x: float,
    y: float,
    wide: float,
    high: float,
    *,
    fill: str = PAPER,
    edge: str = "none",
    thick: float = 1,
    round_: float = 0,
) -> str:
    """A rectangle, its corners rounded by so many px."""
    line = f' stroke="{edge}" stroke-width="{thick:g}"' if edge != "none" else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="{round_:g}"'
        f' fill="{fill}"{line}/>'
    )


def path(d: str, *, edge: str = GREY, thick: float = 1.5, arrow: bool = False) -> str:
    """A line along a path's commands, with an arrow's head at its end."""
    head = ' marker-end="url(#arrow)"' if arrow else ""
    return f'<path d="{d}" fill="none" stroke="{edge}" stroke-width="{thick:g}"{head}/>'


def document(wide: float, high: float, title: str, told: str, inside: str) -> str:
    """A whole picture. `title` and `told` are what a screen reader says of it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" role="img" aria-labelledby="title told" '
        f'font-family="{escape(FONT)}">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="told">{escape(told)}</desc>\n'
        f'<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="{GREY}"/></marker></defs>\n'
        f"{box(0, 0, wide, high)}\n{inside}\n</svg>\n"
    )
