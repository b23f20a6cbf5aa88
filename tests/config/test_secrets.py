"""Secrets: where passwords are read from, and that none is ever told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.config.mistake import Mistakes
from mailbot.config.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from mailbot.config.mistake import Mistake

SECRET = "correct horse"


def config(folder: Path, login: str) -> Path:
    file = folder / "config.toml"
    file.write_text(
        f"""\
[[mailbox]]
address = "helpdesk@nhs.net"
[mailbox.imap]
host = "127.0.0.1"
{login}
[mailbox.smtp]
host = "127.0.0.1"
""",
        encoding="utf-8",
    )
    return file


def only(file: Path) -> Mistake:
    with pytest.raises(Mistakes) as caught:
        load(file, {"HELPDESK_PASSWORD": SECRET})
    (found,) = caught.value.mistakes
    assert SECRET not in str(found)
    return found


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("named", ["{folder}/secret", "secret", "./secret"])
def test_a_password_is_read_from_a_file_of_its_owner_alone(secret: Path, named: str) -> None:
    login = f'password_file = "{named.format(folder=secret.parent)}"'
    settings = load(config(secret.parent, login), {})
    assert settings.mailboxes[0].imap.password.get_secret_value() == SECRET


def test_a_password_is_read_from_the_environment(tmp_path: Path) -> None:
    settings = load(config(tmp_path, 'password_env = "A"'), {"A": SECRET})
    assert settings.mailboxes[0].imap.password.get_secret_value() == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_password_file_that_others_can_read_is_refused(secret: Path, mode: int) -> None:
    secret.chmod(mode)
    found = only(config(secret.parent, 'password_file = "secret"'))
    assert "read by others" in found.text
    assert found.remedy == f"chmod 600 {secret}"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_password_file_without_a_password_is_refused(secret: Path, content: bytes) -> None:
    secret.write_bytes(content)
    assert only(config(secret.parent, 'password_file = "secret"')).line == 5


def test_a_password_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in only(config(tmp_path, 'password_file = "nowhere"')).text


def test_one_password_is_enough(secret: Path) -> None:
    both = 'password_env = "HELPDESK_PASSWORD"\npassword_file = "secret"'
    assert "is given too" in only(config(secret.parent, both)).text


def test_an_empty_password_in_the_environment_is_none(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="A is not set"):
        load(config(tmp_path, 'password_env = "A"'), {"A": ""})


def test_a_password_in_the_settings_is_refused_and_not_repeated(tmp_path: Path) -> None:
    assert "does not stand in the settings" in only(config(tmp_path, f'password = "{SECRET}"')).text
