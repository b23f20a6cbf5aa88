"""The settings: what one file says of mailboxes, people, limits and hours, with a default for nearly all."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mailbot.config import agreement, secrets
from mailbot.config.mistake import read_toml
from mailbot.config.model import Fault, Field, Listed, Model, SecretStr, Wrong, examine, model_validator, told
from mailbot.config.value import (
    Clock,
    Count,
    Days,
    Domain,
    Folder,
    Listen,
    MailAddress,
    Port,
    Store,
    Text,
    Zone,
)
from mailbot.core import people as core

if TYPE_CHECKING:
    from collections.abc import Mapping

TEAM = "Independent Midwives administration team"


class Bot(Model):
    """[bot]: where the bot keeps what it knows, and what may leave it."""

    data: Folder = Path("var")
    store: Store = "tinydb"
    mode: Literal["live", "review", "shadow"] = "live"


class Names(Model):
    """[letters]: how letters call things."""

    product: Text = "NHSmail"
    team: Text = TEAM
    sender: Text = TEAM


class People(Model):
    """[people]: who is who."""

    regional_lead: Annotated[Listed[MailAddress], Field(min_length=1)] = ("england.indmidwives@nhs.net",)
    csp: Listed[MailAddress] = ()
    admins: Annotated[Listed[MailAddress], Field(min_length=1)] = ("admin.one@nhs.net",)
    internal_domains: Listed[Domain] = ("nhs.net",)
    team_phone: str = ""
    national_helpdesk: str = ""
    national_helpdesk_phone: Text = "0333 200 1133"


class Server(Model):
    """How to reach a server and log in to it; `password` is filled in from where the settings point."""

    host: Text
    auth: Literal["password", "oauth"] = "password"
    password_env: str = ""
    password_file: str = ""
    password: SecretStr = Field(default=SecretStr(""), exclude=True, repr=False)


class Imap(Server):
    """[mailbox.imap]: where mail is read."""

    tls: Literal["implicit", "starttls", "none"] = "implicit"
    port: Port = Field(default_factory=lambda said: 993 if said.get("tls") == "implicit" else 143)
    username: str = ""


class Smtp(Server):
    """[mailbox.smtp]: where letters leave; without a user name nothing logs in."""

    tls: Literal["implicit", "starttls", "none"] = "starttls"
    port: Port = Field(default_factory=lambda said: 465 if said.get("tls") == "implicit" else 587)
    username: str = ""
    per_minute: Count = 30
    connections: Annotated[int, Field(ge=1, le=100)] = 3


class Mailbox(Model):
    """[[mailbox]]: one mailbox that is read, and perhaps written from."""

    address: MailAddress
    name: Text = Field(default_factory=lambda said: str(said.get("address", "")).partition("@")[0])
    folders: Annotated[Listed[Text], Field(min_length=1)] = ("INBOX",)
    afterwards: Literal["move", "leave"] = "move"
    move_to: Text = "Processed"
    exchange: bool = False
    not_before: date | None = None
    imap: Imap
    smtp: Smtp | None = None

    @model_validator(mode="before")
    @classmethod
    def _logs_in_as_itself(cls, written: Any) -> Any:
        if isinstance(written, dict) and isinstance(imap := written.get("imap"), dict):
            return written | {"imap": {"username": written.get("address", "")} | imap}
        return written

    @model_validator(mode="after")
    def _moves_out(self) -> Mailbox:
        if self.afterwards == "move" and self.move_to in self.folders:
            raise Wrong("move_to is one of the folders that are read", "name another folder in move_to")
        return self


class Limits(Model):
    """[limits]: caps on answers to incoming mail; 0 is none."""

    per_address_per_day: Count = 10
    per_domain_per_hour: Count = 60
    in_all_per_hour: Count = 300


class Hours(Model):
    """[hours]: when the team works; `days` count from Monday, 0."""

    timezone: Zone = "Europe/London"
    days: Days = frozenset(range(5))
    open: Clock = time(9)
    close: Clock = time(17)

    @model_validator(mode="after")
    def _opens_first(self) -> Hours:
        if self.open >= self.close:
            raise Wrong("open must be before close", 'such as open = "09:00", close = "17:00"')
        return self


class Web(Model):
    """[web]: where the queue's pages are served."""

    listen: Listen = "127.0.0.1:8025"


class Settings(Model):
    """All settings; exactly one of the mailboxes has `smtp`."""

    bot: Bot = Bot()
    people: People = People()
    mailboxes: Listed[Mailbox] = Field(alias="mailbox")
    limits: Limits = Limits()
    hours: Hours = Hours()
    letters: Names = Names()
    web: Web = Web()

    @property
    def outgoing(self) -> Mailbox:
        """The mailbox that all letters leave from."""
        return next(mailbox for mailbox in self.mailboxes if mailbox.smtp)


_HERE = {"host": "127.0.0.1", "tls": "none"}
_DEFAULT: dict[str, Any] = {
    "mailbox": [
        {"address": "helpdesk@nhs.net", "name": "helpdesk", "exchange": True, "imap": _HERE, "smtp": _HERE},
        {
            "address": "england.indmidwives@nhs.net",
            "name": "regional",
            "exchange": True,
            "afterwards": "leave",
            "imap": _HERE,
        },
    ]
}


def defaults() -> Settings:
    """The settings of a command without any: PROCEDURES.md's two mailboxes, Exchange's marks believed."""
    return Settings.model_validate(_DEFAULT)


def load(path: Path, environ: Mapping[str, str], *, offline: bool = False) -> Settings:
    """The settings in a TOML file; `Mistakes` with everything that is wrong with them.

    `offline` is for what logs in nowhere (a simulation): no secret and no server is asked for, and where the
    file names no mailbox the default ones stand in.
    """
    raw, text = read_toml(path)
    folder = path.absolute().parent
    if isinstance(bot := raw.setdefault("bot", {}), dict):
        bot.setdefault("data", str(Bot().data))  # so that it too is looked for in the file's folder
    raw = _with_servers(raw) if offline else raw
    passwords, lacking = ({}, []) if offline else secrets.read(raw, environ, folder)
    settings, faults = examine(Settings, secrets.filled(raw, passwords), {"folder": folder})
    faults = [*agreement.faults(raw), *lacking, *faults]
    if settings is None or faults:
        raise told(_first_of_each(faults), path, text)
    return settings


def _with_servers(raw: dict[str, Any]) -> dict[str, Any]:
    """The settings as written, on stand-ins for the mailboxes and servers that they leave out."""
    mailboxes = agreement.mailboxes(_DEFAULT | raw)
    filled: list[Any] = [{"imap": _HERE, **mailbox} for mailbox in mailboxes]
    if filled and not any("smtp" in mailbox for mailbox in filled):
        filled[0]["smtp"] = _HERE
    return raw | {"mailbox": filled}


def _first_of_each(faults: list[Fault]) -> list[Fault]:
    """One fault a place: the first knows most of what is meant there."""
    return list({fault.place: fault for fault in reversed(faults)}.values())


def people(settings: Settings) -> core.People:
    """Who is who, for the core; its own addresses are those of the mailboxes."""
    said = settings.people
    return core.People(
        regional_lead=said.regional_lead,
        csp=said.csp,
        admins=said.admins,
        internal_domains=said.internal_domains,
        ours=settings.outgoing.address,
        watched=tuple(mailbox.address for mailbox in settings.mailboxes),
        team_phone=said.team_phone,
        national_helpdesk=said.national_helpdesk,
        national_helpdesk_phone=said.national_helpdesk_phone,
    )
