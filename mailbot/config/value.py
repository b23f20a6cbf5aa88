"""A value: what one key of the settings may hold, refused in words that say what to write instead."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from mailbot.config.model import AfterValidator, BeforeValidator, Field, ValidationInfo, Wrong

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_LISTEN = re.compile(r"(?:[^\s:]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")


def _address(written: str) -> str:
    if not _ADDRESS.fullmatch(address := written.strip().lower()):
        raise Wrong("must be one mail address", "such as helpdesk@nhs.net, without a name")
    return address


def _domain(written: str) -> str:
    if not _DOMAIN.fullmatch(domain := written.strip().lower()):
        raise Wrong("must be the part of an address after the @", "such as nhs.net")
    return domain


def _zone(written: str) -> str:
    try:
        ZoneInfo(written)
    except (OSError, ValueError, KeyError) as error:
        raise Wrong("is no time zone", "such as Europe/London") from error
    return written


def _clock(written: object) -> time:
    if isinstance(written, time) and written.tzinfo is None:
        return written
    try:
        return time.fromisoformat(written if isinstance(written, str) and ":" in written else "")
    except ValueError as error:
        raise Wrong("must be a time of day", 'such as "09:00"') from error


def _days(written: object) -> frozenset[int]:
    if not isinstance(written, list) or not written or any(day not in DAYS for day in written):
        raise Wrong("must be a list of days", 'such as ["mon", "tue"]; the days are ' + ", ".join(DAYS))
    return frozenset(map(DAYS.index, written))


def _store(written: str) -> str:
    if written != "tinydb":
        raise Wrong("this version keeps its state in files only", 'store = "tinydb"')
    return written


def _listen(written: str) -> str:
    if not _LISTEN.fullmatch(written) or int(written.rpartition(":")[2]) > 65535:
        raise Wrong("must be an address and a port", 'such as "127.0.0.1:8025"')
    return written


def _beside(written: object, info: ValidationInfo) -> Path:
    """A relative path is meant from the folder of the settings file."""
    if not isinstance(written, str) or not written:
        raise Wrong("must be a folder", 'such as "var"')
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / Path(written).expanduser()


Text: TypeAlias = Annotated[str, Field(min_length=1)]
MailAddress: TypeAlias = Annotated[str, AfterValidator(_address)]
Clock: TypeAlias = Annotated[time, BeforeValidator(_clock)]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]
Count: TypeAlias = Annotated[int, Field(ge=0)]
Domain: TypeAlias = Annotated[str, AfterValidator(_domain)]
Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]
Days: TypeAlias = Annotated[frozenset[int], BeforeValidator(_days)]
Store: TypeAlias = Annotated[str, AfterValidator(_store)]
Listen: TypeAlias = Annotated[str, AfterValidator(_listen)]
Folder: TypeAlias = Annotated[Path, BeforeValidator(_beside)]
