"""A page: plain HTML that a person opens from a folder, and the folder's files."""

from __future__ import annotations

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from mailbot.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# NHS colours: text and blue on white and grey have a contrast of at least 6 to 1 (WCAG 2.2 asks for 4.5).
_STYLE = """
body { margin: 0; background: #f0f4f5; color: #212b32; font: 18px/1.5 Arial, sans-serif; }
header { background: #005eb8; color: #fff; padding: 16px 24px; font-weight: bold; }
main { max-width: 60em; margin: 0 auto; padding: 8px 24px 48px; }
h1 { font-size: 34px; }
h2 { font-size: 26px; margin-top: 48px; border-top: 4px solid #005eb8; padding-top: 16px; }
h3 { font-size: 21px; margin: 0; } h4 { font-size: 18px; margin: 12px 0 4px; }
a { color: #005eb8; } a:visited { color: #330072; }
a:focus { background: #ffeb3b; color: #212b32; outline: 4px solid #212b32; outline-offset: 0; }
ul { margin: 4px 0; padding-left: 24px; } .menu { columns: 18em; }
.card { background: #fff; border: 1px solid #d8dde0; padding: 16px 24px; margin: 16px 0; }
.wide { overflow-x: auto; background: #fff; border: 1px solid #d8dde0; }
.wide img { display: block; max-width: none; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
code { font-size: 16px; overflow-wrap: anywhere; }
"""


def page(title: str, body: str) -> str:
    """A whole page around a body of HTML; `title` is plain text."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – mailbot</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>mailbot</header>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def write(file: Path, text: str) -> None:
    """Writes the file, and its folder where it is not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@contextmanager
def written_plainly(code: list[int]) -> Iterator[None]:
    """Turns a folder that cannot be written into a plain message and exit code 1."""
    try:
        yield
    except OSError as error:
        code[0] = output.fail(
            f"{error.filename or 'the folder'}: cannot be written: {error.strerror or error}"
        )
