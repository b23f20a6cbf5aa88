"""HTML cut into tags and text, in time linear in its length however broken it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TELLING = ("class=", "style=", "id=", "href=", "hidden", "type=", "alt=")


_RAW = ("script", "style", "title", "textarea", "xmp")
_TAG = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:_-]*+")
_ATTRIBUTE = re.compile(r"(?<![\w:-])([a-zA-Z][\w:-]*+)\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>\"']*+)")


def read(source: str) -> Iterator[tuple[str, str]]:
    """Pairs of a tag ("div", "/div", "" for text) and its content; no letter is looked at again and again."""
    at, size = 0, len(source)
    last_comment_end = source.rfind("-->")
    while at < size:
        opened = source.find("<", at)
        if opened < 0:
            yield "", source[at:]
            return
        if opened > at:
            yield "", source[at:opened]
        name = _TAG.match(source, opened + 1)
        if name is None:
            after = _after_mark(source, opened, last_comment_end)
            if after == opened + 1:
                yield "", "<"
            at = after
            continue
        end = _tag_end(source, name.end())
        if end < 0:
            yield "", source[opened:]  # no tag, but a letter `<` in what somebody wrote
            return
        tag = name[0].lower()
        content = source[name.end() : min(end - 1, name.end() + 8192)]
        yield tag, content
        at = end
        if tag in _RAW:
            at = _raw_end(source, end, tag)


def _after_mark(source: str, at: int, last_comment_end: int) -> int:
    """The place after a comment, doctype or such that begins at `at`; at + 1 where it is but a letter `<`."""
    if source.startswith("<!--", at):
        if last_comment_end >= at + 2:
            return source.find("-->", at + 2) + 3
        end = source.find(">", at + 4)
        return end + 1 if end >= 0 else len(source)
    if source.startswith(("<!", "<?"), at) or source.startswith("</", at):
        end = source.find(">", at)
        return end + 1 if end >= 0 else len(source)
    return at + 1


def _tag_end(source: str, at: int) -> int:
    """The place after the tag's `>`, which may not stand in quotes."""
    end = source.find(">", at)
    while end >= 0:
        quote = _open_quote(source, at, end)
        if not quote:
            return end + 1
        closed = source.find(quote, end)
        if closed < 0 or closed - end > 4096:
            return end + 1
        at, end = closed + 1, source.find(">", closed)
    return -1


def _open_quote(source: str, at: int, end: int) -> str:
    """The quotation mark that is open at `end`, if its value began after `=`."""
    while True:
        double, single = source.find('="', at, end), source.find("='", at, end)
        first = min((place for place in (double, single) if place >= 0), default=-1)
        if first < 0:
            return ""
        mark = source[first + 1]
        closed = source.find(mark, first + 2, end)
        if closed < 0:
            return mark
        at = closed + 1


def _raw_end(source: str, at: int, tag: str) -> int:
    end = re.compile(f"</{tag}", re.IGNORECASE).search(source, at)
    return end.start() if end else len(source)


def attributes(content: str) -> dict[str, str]:
    """The attributes that say something of how a tag is shown, by lower-case name."""
    if not content or not any(telling in content.lower() for telling in _TELLING):
        return {}
    found = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(content)}
    if "hidden" in content and "hidden" in content.lower().split():
        found["hidden"] = ""
    return found
