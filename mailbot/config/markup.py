"""A letter's Markdown as blocks of text, and those blocks as plain text and as HTML.

Values stand in the Markdown as private-use characters, so that nothing in them can be markup; they become
text again here, after it is parsed.
"""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

WIDTH = 76
_BASE = 0xE000
_HIDDEN = re.compile("[\ue000-\ue0ff]+")
_KEPT_SPACE = "\ue100"
_KEPT_WHOLE = 40
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(
    [
        "code",
        "fence",
        "html_block",
        "html_inline",
        "image",
        "link",
        "reference",
        "lheading",
        "hr",
        "backticks",
    ]
)
_STYLES = {
    "p": "margin:0 0 16px",
    "h2": "margin:24px 0 8px;font-size:20px;line-height:28px",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "li": "margin:0 0 8px",
    "a": "color:#005eb8",
}


def hide(value: str) -> str:
    """The value as characters that Markdown passes over: its UTF-8 bytes, each moved to U+E000 and above."""
    return "".join(chr(_BASE + byte) for byte in value.encode())


def show(text: str, kept: str = " ") -> str:
    """The text with its hidden values in place; `kept` stands for the spaces of short ones."""
    return _HIDDEN.sub(lambda found: _shown(found.group(), kept), text)


def _shown(hidden: str, kept: str) -> str:
    value = bytes(ord(sign) - _BASE for sign in hidden).decode()
    short = len(value) <= _KEPT_WHOLE and "\n" not in value
    return value.replace(" ", kept) if short else value


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner; a link shows its full address, which is its text."""

    text: str
    strong: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`p`), heading (`h2`), list (`ul`, `ol`) or list item (`li`)."""

    tag: str
    runs: tuple[Run, ...] = ()
    blocks: tuple[Block, ...] = ()


def parse(markdown: str) -> tuple[Block, ...]:
    """The blocks of a letter; what has no text is left out."""
    return tuple(_blocks(iter(_PARSER.parse(markdown)), ""))


def _blocks(tokens: Iterator[Token], closing: str) -> Iterator[Block]:
    for token in tokens:
        if token.type == closing:
            return
        if token.type == "inline":
            yield Block("p", tuple(_runs(token.children or [])))
        elif token.type.endswith("_open"):
            block = _gathered(token, tuple(_blocks(tokens, token.type.replace("_open", "_close"))))
            if any(run.text.strip() for run in block.runs) or block.blocks:
                yield block


def _gathered(token: Token, inner: tuple[Block, ...]) -> Block:
    """A paragraph or heading takes over its one inline block."""
    if token.type in ("paragraph_open", "heading_open"):
        runs = inner[0].runs if inner else ()
        return Block("p" if token.type == "paragraph_open" else "h2", runs)
    return Block(token.tag, blocks=inner)


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    run = Run("")
    for token in tokens:
        if token.type in ("strong_open", "em_open"):
            run = replace(run, strong=True)
        elif token.type in ("strong_close", "em_close"):
            run = replace(run, strong=False)
        elif token.type == "link_open":
            run = replace(run, link=True)
        elif token.type == "link_close":
            run = replace(run, link=False)
        elif token.type in ("text", "softbreak", "hardbreak"):
            text = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
            yield replace(run, text=text)


def as_text(blocks: Sequence[Block]) -> str:
    """Readable plain text: no signs of Markdown, lists with "- " or numbers, lines of up to 76 characters."""
    return "\n\n".join(_text(block, WIDTH) for block in blocks) + "\n"


def _text(block: Block, width: int) -> str:
    if block.tag in ("ul", "ol"):
        marks = ["- " if block.tag == "ul" else f"{number}. " for number in range(1, len(block.blocks) + 1)]
        return "\n".join(_item(mark, item, width) for mark, item in zip(marks, block.blocks, strict=True))
    return _wrapped("".join(show(run.text, _KEPT_SPACE) for run in block.runs), width)


def _item(mark: str, item: Block, width: int) -> str:
    inner = "\n".join(_text(block, width - len(mark)) for block in item.blocks)
    return mark + textwrap.indent(inner, " " * len(mark)).lstrip(" ")


def _wrapped(text: str, width: int) -> str:
    lines = [
        textwrap.fill(" ".join(line.split()), width, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    ]
    return "\n".join(lines).replace(_KEPT_SPACE, " ").strip("\n")


def as_html(blocks: Sequence[Block]) -> str:
    """The blocks as HTML with inline styles, all text escaped; links are the template's own alone."""
    return "\n".join(_html(block) for block in blocks)


def _html(block: Block) -> str:
    if block.tag == "li" and [inner.tag for inner in block.blocks] == ["p"]:
        return _element("li", _inline(block.blocks[0].runs))
    if block.blocks:
        return _element(block.tag, "\n" + "\n".join(_html(inner) for inner in block.blocks) + "\n")
    return _element(block.tag, _inline(block.runs))


def _element(tag: str, inner: str, more: str = "") -> str:
    style = f' style="{_STYLES[tag]}"' if tag in _STYLES else ""
    return f"<{tag}{more}{style}>{inner}</{tag}>"


def _inline(runs: Sequence[Run]) -> str:
    return "".join(_stretch(run) for run in runs)


def _stretch(run: Run) -> str:
    text = html.escape(show(run.text)).replace("\n", "<br>\n")
    if run.link and not _HIDDEN.search(run.text):
        address = html.escape(("" if ":" in run.text else "mailto:") + run.text)
        text = _element("a", text, f' href="{address}"')
    return _element("strong", text) if run.strong else text
