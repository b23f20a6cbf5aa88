"""A model: the shape of what people write in TOML, and every fault in it told in their words."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from mailbot.config.mistake import Mistake, Mistakes, Place, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = [
    "AfterValidator",
    "BeforeValidator",
    "Fault",
    "Field",
    "Listed",
    "Model",
    "SecretStr",
    "ValidationInfo",
    "Wrong",
    "checked",
    "examine",
    "model_validator",
    "told",
]

T = TypeVar("T")
M = TypeVar("M", bound="Model")

Listed: TypeAlias = Annotated[tuple[T, ...], Field(strict=False)]  # TOML's lists become tuples

_WORDS = {
    "bool_type": ("must be true or false", "without quotes"),
    "date_type": ("must be a date", "such as 2026-01-31, without quotes"),
    "date_from_datetime_inexact": ("must be a date", "such as 2026-01-31, without a time"),
    "dict_type": ("must be a table", ""),
    "int_type": ("must be a whole number", "without quotes"),
    "model_attributes_type": ("must be a table", ""),
    "model_type": ("must be a table", ""),
    "string_too_short": ("must not be empty", ""),
    "string_type": ("must be text", "in quotes"),
    "too_short": ("must not be empty", ""),
    "tuple_type": ("must be a list", 'such as ["one", "two"]'),
}


class Model(BaseModel):
    """What one table holds: nothing unknown, nothing converted silently, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Wrong(ValueError):  # noqa: N818 - it names the value, and becomes a Fault
    """A value that no type can refuse; `remedy` says what to write instead."""

    def __init__(self, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a file, whose line is yet to be found."""

    place: Place
    text: str
    remedy: str = ""

    def mistake(self, file: Path, text: str) -> Mistake:
        key = ".".join(part for part in self.place if isinstance(part, str))
        said = f"{key}: {self.text}" if key else self.text
        return Mistake(file, line_of(text, self.place), said, self.remedy)


def told(faults: list[Fault], file: Path, text: str) -> Mistakes:
    """The faults as mistakes in the order of the file's lines, each once."""
    mistakes = dict.fromkeys(fault.mistake(file, text) for fault in faults)
    return Mistakes(sorted(mistakes, key=lambda mistake: mistake.line))


def checked(model: type[M], values: Mapping[str, Any], file: Path, text: str) -> M:
    """The values in the model's shape; `Mistakes` with all that is wrong with them."""
    built, faults = examine(model, values)
    if built is None:
        raise told(faults, file, text)
    return built


def examine(
    model: type[M], values: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> tuple[M | None, list[Fault]]:
    """The values in the model's shape, or the faults that keep them from it."""
    try:
        return model.model_validate(values, context=context), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_fault(model, one) for one in details if one["type"] != "default_factory_not_called"]


def _fault(model: type[Model], error: ErrorDetails) -> Fault:
    place: Place = error["loc"]
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return Fault(place, "unknown key", _nearest(model, place))
    if kind == "missing":
        return Fault(place, "is missing", _addition(model, place))
    if kind == "literal_error":
        return Fault(place, f"must be {context['expected']}")
    if isinstance(wrong := context.get("error"), Exception):
        return Fault(place, str(wrong), getattr(wrong, "remedy", ""))
    text, remedy = _WORDS.get(kind, (error["msg"].replace("Input should be", "must be"), ""))
    return Fault(place, text, remedy)


def _addition(root: type[Model], place: Place) -> str:
    """The remedy for what is missing: a line, or the header of a table."""
    if keys(_model_at(root, place[:-1])).get(str(place[-1])):
        return f"add [{'.'.join(part for part in place if isinstance(part, str))}]"
    return f"add {place[-1]} = …"


def _nearest(root: type[Model], place: Place) -> str:
    """The remedy for an unknown key: the known one that was meant, or all that are known there."""
    key = str(place[-1])
    known = list(keys(_model_at(root, place[:-1])))
    if close := get_close_matches(key, known, n=1, cutoff=0.6):
        return f'did you mean "{close[0]}"?'
    homes = [".".join(table) for table, model in tables(root) if table and key in keys(model)]
    if homes:
        return f"it belongs in [{homes[0]}]"
    return "known here: " + ", ".join(known)


def keys(model: type[Model]) -> Mapping[str, type[Model] | None]:
    """The keys of a table as they are written, each with the model of the table under it."""
    return {
        field.alias or name: _table_in(field.annotation)
        for name, field in model.model_fields.items()
        if field.exclude is not True
    }


def tables(model: type[Model], at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[Model]]]:
    """A model and those of all tables under it, each with the keys that lead there."""
    yield at, model
    for key, inner in keys(model).items():
        if inner:
            yield from tables(inner, (*at, key))


def _model_at(model: type[Model], place: Place) -> type[Model]:
    for part in place:
        if isinstance(part, str):
            model = keys(model).get(part) or model
    return model


def _table_in(annotation: Any) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next(filter(None, map(_table_in, get_args(annotation))), None)
