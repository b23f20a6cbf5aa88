"""The pages' templates, rendered; every value is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("mailbot.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, **values: object) -> str:
    """The page of that name, as HTML."""
    return _TEMPLATES.get_template(f"{name}.html").render(**values)
