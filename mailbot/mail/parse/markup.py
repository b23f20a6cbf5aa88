"""HTML to text as a reader sees it, in one pass, with quotes and signatures marked."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from mailbot.mail.parse import tags
from mailbot.mail.parse.lines import CONTAINER, QUOTED, SIGNATURE, Text, tidy

_BLANKS = re.compile(r"[ \t\n\r\f]++")
_LONG_DIGITS = re.compile(r"&#x?[0-9a-fA-F]{12,};?", re.IGNORECASE)


def _tags(row: str) -> frozenset[str]:
    return frozenset(row.split())


_VOID = _tags("area base br col embed hr img input link meta param source track wbr")
_BLOCK = _tags(
    """address article aside blockquote body center dd details dir div dl dt fieldset figure footer form h1
    h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section table tbody tfoot thead tr ul"""
)
_SPACED = _tags("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre ul")
_CLOSED_BY_LIKE = _tags("p li td th tr dt dd option")
_UNSEEN = _tags("head script style title template svg math select xml")
_QUOTE_CLASSES = (
    "gmail_attr",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "moz-cite-prefix",
)
_SIGNATURE_MARKS = ("gmail_signature", "moz-signature", "protonmail_signature_block", "applemailsignature")
_SIGNATURE_IDS = ("signature", "ms-outlook-mobile-signature", "x_signature", "x_ms-outlook-mobile-signature")


@dataclass(slots=True)
class _Open:
    tag: str
    mark: int
    hidden: bool
    item: str = ""
    href: str = ""
    start: int = 0


@dataclass(slots=True)
class _Page:
    """What is written so far; `hidden` counts the open elements that a reader does not see."""

    lines: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)
    hidden: int = 0
    mark: int = 0
    pre: int = 0

    def end_line(self, *, spaced: bool = False) -> None:
        text = "".join(self.line).strip(" \t") if not self.pre else "".join(self.line).rstrip()
        if text:
            self.lines.append(text)
            self.marks.append(self.mark)
        self.line.clear()
        if spaced and self.lines and self.lines[-1]:
            self.blank()

    def blank(self) -> None:
        self.lines.append("")
        self.marks.append(self.mark)

    def write(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.line.append(first)
            for line in rest:
                self.lines.append("".join(self.line).rstrip())
                self.marks.append(self.mark)
                self.line = [line]
            return
        text = _BLANKS.sub(" ", text)
        if text == " " and (not self.line or self.line[-1].endswith(" ")):
            return
        self.line.append(text.lstrip(" ") if not self.line or self.line[-1].endswith(" ") else text)


def text(source: str) -> Text:
    """The page's text; where all of it is hidden, the hidden text, since nothing may be lost."""
    seen = _read(source, all_seen=False)
    return seen or _read(source, all_seen=True)


def _read(source: str, *, all_seen: bool) -> Text:
    page = _Page()
    for tag, content in tags.read(source):
        if not tag:
            if not page.hidden:
                page.write(tidy(_unescaped(content)))
        elif tag[0] == "/":
            _close(page, tag[1:])
        else:
            _start(page, tag, content, all_seen=all_seen)
    page.end_line()
    return Text(page.lines, page.marks)


def _unescaped(content: str) -> str:
    if "&" not in content:
        return content
    # A number of thousands of digits is no letter, and Python refuses to read it.
    return html.unescape(_LONG_DIGITS.sub("", content))


def _start(page: _Page, tag: str, content: str, *, all_seen: bool) -> None:
    if tag == "br":
        _break(page)
        return
    if (tag == "a" and page.opened.get("a")) or (tag == "body" and page.opened.get("head")):
        _close(page, "a" if tag == "a" else "head")
    if tag in _CLOSED_BY_LIKE and page.stack and page.stack[-1].tag == tag:
        _close(page, tag)
    elif tag in _BLOCK and page.stack and page.stack[-1].tag == "p":
        _close(page, "p")
    if tag in ("td", "th") and page.line and not page.hidden:
        page.write(" ")
    elif tag in _BLOCK and not page.hidden:
        page.end_line(spaced=tag in _SPACED and page.opened.get("li", 0) == 0 and "Mso" not in content)
    attributes = tags.attributes(content)
    if tag in _VOID:
        _void(page, tag, attributes)
        return
    element = _element(page, tag, attributes, all_seen=all_seen)
    page.stack.append(element)
    page.opened[tag] = page.opened.get(tag, 0) + 1
    page.hidden += element.hidden
    page.mark = element.mark
    page.pre += tag == "pre"
    if tag == "li" and not page.hidden:
        page.line.append(_bullet(page))


def _break(page: _Page) -> None:
    if page.hidden:
        return
    if "".join(page.line).strip():
        page.end_line()
    else:
        page.line.clear()
        page.blank()


def _element(page: _Page, tag: str, attributes: dict[str, str], *, all_seen: bool) -> _Open:
    hidden = tag in _UNSEEN or (not all_seen and _is_hidden(attributes))
    mark = page.mark | _mark(tag, attributes, page.mark)
    if tag in ("ol", "ul"):
        return _Open(tag, mark, hidden, "1" if tag == "ol" else "-")
    if tag == "a":
        return _Open(tag, mark, hidden, href=attributes.get("href", ""), start=len(page.line))
    return _Open(tag, mark, hidden)


def _is_hidden(attributes: dict[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style", "").lower().replace(" ", "")
    return bool(style) and (
        "display:none" in style
        or "visibility:hidden" in style
        or "mso-hide:all" in style
        or "font-size:0;" in style + ";"
        or "font-size:0px" in style
    )


def _mark(tag: str, attributes: dict[str, str], around: int) -> int:
    """What the element says of its lines; `around` is what those around it say.

    Gmail's own quotations stand in a container; people quote with the same element outside of one.
    """
    if not attributes and tag != "blockquote":
        return 0
    names = attributes.get("class", "").lower()
    own = attributes.get("id", "").lower()
    if tag == "blockquote":
        written = "gmail_quote" in names.split() and "type" not in attributes and not around & CONTAINER
        return 0 if written else QUOTED
    if (
        own in _SIGNATURE_IDS
        or own.startswith("applemailsignature")
        or any(n in names for n in _SIGNATURE_MARKS)
    ):
        return SIGNATURE
    if "gmail_quote" in names:
        return CONTAINER
    if any(name in names for name in _QUOTE_CLASSES) or own == "olk_src_body_section":
        return QUOTED
    return 0


def _bullet(page: _Page) -> str:
    for element in reversed(page.stack[-20:]):
        if element.item == "-":
            return "- "
        if element.item:
            number = element.item
            element.item = str(int(number) + 1)
            return f"{number}. "
    return "- "


def _void(page: _Page, tag: str, attributes: dict[str, str]) -> None:
    if page.hidden:
        return
    if tag == "hr":
        page.line.append("_" * 32)
        page.end_line()
    elif tag == "img" and len(attributes.get("alt", "")) > 1:
        page.write(_unescaped(attributes["alt"]))


def _close(page: _Page, tag: str) -> None:
    if not page.opened.get(tag):
        if tag == "p" and not page.hidden:
            page.end_line(spaced=True)
        return
    while True:
        element = page.stack.pop()
        page.opened[element.tag] -= 1
        _finish(page, element)
        if element.tag == tag:
            return


def _finish(page: _Page, element: _Open) -> None:
    if not page.hidden:
        if element.tag == "a":
            _link(page, element)
        elif element.tag in _BLOCK:
            page.end_line(spaced=element.tag in _SPACED and not page.opened.get("li"))
    page.hidden -= element.hidden
    page.pre -= element.tag == "pre"
    page.mark = page.stack[-1].mark if page.stack else 0


def _link(page: _Page, element: _Open) -> None:
    """Tells where a link leads unless its words say so."""
    href = _unescaped(element.href).strip()
    shown = "".join(page.line[element.start :]).strip()
    bare = href.removeprefix("mailto:").partition("?")[0]
    if shown and href.lower().startswith(("http://", "https://")) and bare.rstrip("/") not in shown:
        stripped = href.split("://", 1)[1].rstrip("/")
        if stripped.removeprefix("www.") not in shown:
            page.line.append(f" <{href}>")
