"""Secrets: the passwords that the settings point at, in the environment or in files of their own."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.config.agreement import Table, servers
from mailbot.config.model import Fault, SecretStr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.config.mistake import Place

_WAYS = ("password_env", "password_file")


def read(
    raw: Table, environ: Mapping[str, str], folder: Path
) -> tuple[dict[tuple[int, str], SecretStr], list[Fault]]:
    """The password of each server by mailbox number and "imap" or "smtp", and what is wrong with the others.

    A relative `password_file` is looked for in `folder`, the settings file's.
    """
    found: dict[tuple[int, str], SecretStr] = {}
    faults: list[Fault] = []
    for place, server in servers(raw):
        secret = _of(place, server, environ, folder)
        if isinstance(secret, SecretStr):
            found[int(place[1]), str(place[2])] = secret
        elif secret:
            faults.append(secret)
    return found, faults


def _of(place: Place, server: Table, environ: Mapping[str, str], folder: Path) -> SecretStr | Fault | None:
    ways = [way for way in _WAYS if way in server]
    if "password" in server:
        return Fault((*place, "password"), "a password does not stand in the settings", "use password_env")
    if server.get("auth") == "oauth":
        return None
    if len(ways) == 2:
        return Fault((*place, ways[1]), "password_env is given too", "keep one of the two")
    if not ways:
        return _none(place, server)
    if place[2] == "smtp" and "username" not in server:
        return Fault((*place, "username"), "is missing beside the password", "add username = …")
    named = server[ways[0]]
    if not isinstance(named, str):
        return None
    if ways == ["password_env"]:
        return _from_environment((*place, "password_env"), named, environ)
    return _from_file((*place, "password_file"), folder / Path(named).expanduser())


def _none(place: Place, server: Table) -> Fault | None:
    """SMTP without a user name logs in nowhere; IMAP always does."""
    if place[2] == "smtp" and "username" not in server:
        return None
    return Fault(
        (*place, "password_env"),
        "no password is given",
        "name an environment variable in password_env, or a file in password_file",
    )


def _from_environment(place: Place, name: str, environ: Mapping[str, str]) -> SecretStr | Fault:
    if password := environ.get(name):
        return SecretStr(password)
    return Fault(place, f"{name} is not set in the environment", f"set {name}, or use password_file")


def _from_file(place: Place, file: Path) -> SecretStr | Fault:
    try:
        mode, password = file.stat().st_mode, file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return Fault(place, f"{file} cannot be read: {why}", "write the password into it, on one line")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Fault(place, f"{file} can be read by others", f"chmod 600 {file}")
    return SecretStr(password) if password else Fault(place, f"{file} is empty", "write the password into it")


def filled(raw: Table, passwords: Mapping[tuple[int, str], SecretStr]) -> dict[str, Any]:
    """The settings as written, with each server's password beside its other keys."""
    mailboxes = raw.get("mailbox")
    if not isinstance(mailboxes, list):
        return dict(raw)
    return {**raw, "mailbox": [_with(one, index, passwords) for index, one in enumerate(mailboxes)]}


def _with(mailbox: Any, index: int, passwords: Mapping[tuple[int, str], SecretStr]) -> Any:
    if not isinstance(mailbox, dict):
        return mailbox
    servers_ = {
        kind: {**mailbox[kind], "password": passwords[index, kind]}
        for kind in ("imap", "smtp")
        if (index, kind) in passwords
    }
    return {**mailbox, **servers_}
