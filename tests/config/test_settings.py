"""The settings: their defaults, their example, and every mistake told with file, line, key and remedy."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailbot.config.mistake import Mistakes
from mailbot.config.model import keys, tables
from mailbot.config.settings import Settings, defaults, load, people

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.config.mistake import Mistake

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECRET = "correct horse"
ENVIRON = {"HELPDESK_PASSWORD": SECRET, "REGIONAL_PASSWORD": "battery staple"}
LEAST = """\
[[mailbox]]
address = "helpdesk@nhs.net"
[mailbox.imap]
host = "127.0.0.1"
password_env = "HELPDESK_PASSWORD"
[mailbox.smtp]
host = "127.0.0.1"
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def mistakes(file: Path) -> list[Mistake]:
    with pytest.raises(Mistakes) as caught:
        load(file, ENVIRON)
    return list(caught.value.mistakes)


def only(file: Path) -> Mistake:
    found = mistakes(file)
    assert len(found) == 1, found
    return found[0]


def changed(old: str, new: str) -> str:
    assert LEAST.count(old) >= 1
    return LEAST.replace(old, new, 1)


def test_the_example_loads() -> None:
    settings = load(EXAMPLE, ENVIRON)
    assert [mailbox.name for mailbox in settings.mailboxes] == ["helpdesk", "regional"]
    assert settings.outgoing.address == "helpdesk@nhs.net"


def test_the_example_shows_the_defaults() -> None:
    raw = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for table in ("people", "limits", "hours", "letters", "web"):
        shown = getattr(load(EXAMPLE, ENVIRON), table)
        assert shown == type(shown)(), f"[{table}] shows something else than the defaults"
        assert list(raw[table]) == list(keys(type(shown))), f"[{table}] keeps the order of the model"


def test_every_key_of_every_table_stands_in_the_example_under_a_comment() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    sections: dict[str, list[str]] = {}
    table = ""
    for line in lines:
        if header := re.match(r"\[\[?([a-z.]+)\]", line):
            table = header.group(1)
        sections.setdefault(table, []).append(line)
    for at, model in tables(Settings):
        for key, inner in keys(model).items():
            if inner is None:
                stands = [line for line in sections[".".join(at)] if re.match(rf"(# )?{key} = ", line)]
                assert stands, f"{'.'.join(at)}.{key} is not in the example"


def test_every_setting_of_the_example_is_explained_above_it() -> None:
    first, _, rest = EXAMPLE.read_text(encoding="utf-8").partition("# A second mailbox.")
    lines = [*first.splitlines(), *rest.partition("# How many answers")[2].splitlines()]
    bare = [line for above, line in pairwise(lines) if re.match("[a-z_]+ = ", line) and above[:2] != "# "]
    assert bare == []


def test_an_address_two_hosts_and_a_secret_are_enough(written: Callable[[str], Path]) -> None:
    settings = load(written(LEAST), ENVIRON)
    mailbox = settings.mailboxes[0]
    assert (mailbox.name, mailbox.folders, mailbox.afterwards) == ("helpdesk", ("INBOX",), "move")
    assert (mailbox.imap.username, mailbox.imap.tls, mailbox.imap.port) == (
        "helpdesk@nhs.net",
        "implicit",
        993,
    )
    assert mailbox.imap.password.get_secret_value() == SECRET
    assert mailbox.smtp is not None
    assert (mailbox.smtp.username, mailbox.smtp.tls, mailbox.smtp.port) == ("", "starttls", 587)
    assert (settings.hours.open, settings.hours.close) == (time(9), time(17))
    assert settings.limits.in_all_per_hour == 300


def test_what_is_written_holds(written: Callable[[str], Path]) -> None:
    text = (
        '[hours]\nopen = "08:30"\ndays = ["mon", "sun"]\n[people]\nadmins = ["Ann@NHS.net"]\n'
        + LEAST.replace("[mailbox.imap]", "not_before = 2026-01-01\n[mailbox.imap]\nport = 1143")
    )
    settings = load(written(text), ENVIRON)
    assert settings.hours.open == time(8, 30)
    assert settings.hours.days == {0, 6}
    assert settings.people.admins == ("ann@nhs.net",)
    assert settings.mailboxes[0].not_before == date(2026, 1, 1)
    assert settings.mailboxes[0].imap.port == 1143


@pytest.mark.parametrize("bot", ["", '[bot]\nmode = "review"\n', '[bot]\ndata = "var"\n'])
def test_the_data_folder_lies_beside_the_settings(written: Callable[[str], Path], bot: str) -> None:
    file = written(bot + LEAST)
    assert load(file, ENVIRON).bot.data == file.parent / "var"


def test_an_absolute_data_folder_stays_where_it_is(written: Callable[[str], Path]) -> None:
    assert load(written('[bot]\ndata = "/srv/mailbot"\n' + LEAST), ENVIRON).bot.data == Path("/srv/mailbot")


def test_no_secret_shows_in_the_settings(written: Callable[[str], Path]) -> None:
    settings = load(written(LEAST), ENVIRON)
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


def test_the_same_file_gives_equal_settings_that_nothing_can_change(written: Callable[[str], Path]) -> None:
    file = written(LEAST)
    settings = load(file, ENVIRON)
    assert settings == load(file, ENVIRON)
    with pytest.raises(ValueError, match="frozen"):
        settings.bot.mode = "shadow"


@pytest.mark.parametrize(
    ("text", "line", "said", "remedy"),
    [
        ('[people]\nadmin = ["a@nhs.net"]\n' + LEAST, 2, "people.admin: unknown key", '"admins"'),
        ('[bot]\nadmins = ["a@nhs.net"]\n' + LEAST, 2, "bot.admins: unknown key", "[people]"),
        ('[bot]\nzzz = 1\n' + LEAST, 2, "bot.zzz: unknown key", "data, store, mode"),
        (LEAST + "[people]\nteam_phone = 12\n", 9, "people.team_phone: must be text", "quotes"),
        (LEAST + "[limits]\nin_all_per_hour = true\n", 9, "hour: must be a whole number", ""),
        (LEAST + "[limits]\nin_all_per_hour = -1\n", 9, "greater than or equal to 0", ""),
        (LEAST + "limits = 3\n", 8, "unknown key", ""),
        ("people = 3\n" + LEAST, 1, "people: must be a table", ""),
        ('[bot]\nmode = "on"\n' + LEAST, 2, "'live', 'review' or 'shadow'", ""),
        ('[bot]\nstore = "postgresql://db"\n' + LEAST, 2, "in files only", 'store = "tinydb"'),
        (changed('address = "helpdesk@nhs.net"\n', ""), 1, "mailbox.address: is missing", "address ="),
        (changed("helpdesk@nhs.net", "Helpdesk <helpdesk@nhs.net>"), 2, "one mail address", "name"),
        (changed('host = "127.0.0.1"\n', ""), 3, "mailbox.imap.host: is missing", "host ="),
        (changed("HELPDESK_PASSWORD", "NOWHERE"), 5, "NOWHERE is not set", "set NOWHERE"),
        (changed('password_env = "HELPDESK_PASSWORD"\n', ""), 3, "no password is given", "password_file"),
        (changed("password_env", "password"), 5, "password does not stand", "password_env"),
        (changed('password_env = "HELPDESK_PASSWORD"', 'auth = "oauth"'), 5, "a password only", "password"),
        (changed("127.0.0.1", 'mail.nhs.net"\ntls = "none'), 5, "clear text to mail.nhs.net", "starttls"),
        (LEAST + 'username = "x"\n', 6, "mailbox.smtp.password_env: no password", "password_file"),
        (LEAST + 'password_env = "HELPDESK_PASSWORD"\n', 6, "mailbox.smtp.username: is missing", "username"),
        (changed("[mailbox.smtp]\nhost = \"127.0.0.1\"\n", ""), 1, "no letter can leave", "[mailbox.smtp]"),
        ('[people]\nadmins = ["Helpdesk@nhs.net"]\n' + LEAST, 2, "read its own alerts", "own address"),
        ('[people]\nadmins = []\n' + LEAST, 2, "people.admins: must not be empty", ""),
        ('[people]\nregional_lead = ["helpdesk@nhs.net"]\n' + LEAST, 8, "regional lead's", "helpdesk's"),
        ('[hours]\ntimezone = "Europe/Lodnon"\n' + LEAST, 2, "no time zone", "Europe/London"),
        ('[hours]\nopen = "9"\n' + LEAST, 2, "time of day", '"09:00"'),
        ('[hours]\nopen = "18:00"\n' + LEAST, 1, "open must be before close", "09:00"),
        ('[hours]\ndays = ["monday"]\n' + LEAST, 2, "list of days", "mon"),
        ('[web]\nlisten = "8025"\n' + LEAST, 2, "an address and a port", "127.0.0.1:8025"),
        (changed("[mailbox.imap]", 'not_before = "2026-01-01"\n[mailbox.imap]'), 3, "be a date", "01-31"),
        (changed("[mailbox.imap]", 'move_to = "INBOX"\n[mailbox.imap]'), 1, "one of the folders", "move_to"),
        (LEAST + '[[mailbox]]\naddress = "a@nhs.net"\n', 8, "mailbox.imap: is missing", "[mailbox.imap]"),
        ("", 0, "there is no mailbox", "[[mailbox]]"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_line_its_key_and_a_remedy(
    written: Callable[[str], Path], text: str, line: int, said: str, remedy: str
) -> None:
    file = written(text)
    found = mistakes(file)[0]
    assert found.file == file
    assert found.line == line
    assert said in found.text
    assert remedy in found.remedy


def test_a_server_on_this_machine_may_do_without_tls(written: Callable[[str], Path]) -> None:
    for host in ("127.0.0.1", "127.0.0.2", "localhost", "::1"):
        text = changed('"127.0.0.1"', f'"{host}"\ntls = "none"')
        assert load(written(text), ENVIRON).mailboxes[0].imap.port == 143


def test_two_mailboxes_may_not_share_name_address_or_the_sending(written: Callable[[str], Path]) -> None:
    found = mistakes(written(LEAST + LEAST))
    assert [(one.line, one.text.partition(":")[0]) for one in found] == [
        (8, "mailbox.name"),
        (9, "mailbox.address"),
        (13, "mailbox.smtp"),
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(written: Callable[[str], Path]) -> None:
    text = '[bot]\nmode = "x"\ncolour = 1\n' + changed("HELPDESK_PASSWORD", "NOWHERE") + "tls = 5\n"
    assert [one.line for one in mistakes(written(text))] == [2, 3, 8, 11]


def test_what_is_no_toml_is_told_with_its_line(written: Callable[[str], Path]) -> None:
    assert only(written('[bot]\ndata = "var\n')).line == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in only(tmp_path / "none.toml").text


WRONG = (
    "3",
    "true",
    '""',
    '"x"',
    "[]",
    "[1]",
    '["x"]',
    "[[]]",
    "{}",
    "{ x = 1 }",
    "1.5",
    "2026-01-01",
    "09:00:00",
)


@pytest.mark.parametrize("value", WRONG)
def test_no_value_of_the_wrong_kind_is_anything_but_a_mistake(
    written: Callable[[str], Path], value: str
) -> None:
    for at, model in tables(Settings):
        for key in keys(model):
            text = LEAST if at[:1] == ("mailbox",) else f"[{'.'.join(at)}]\n{LEAST}" if at else LEAST
            header = "[[mailbox]]" if at == ("mailbox",) else f"[{'.'.join(at)}]"
            rest = re.sub(rf"^{key} = .*\n", "", text, flags=re.MULTILINE)
            file = written(
                rest.replace(header, f"{header}\n{key} = {value}", 1) if at else f"{key} = {value}\n{rest}"
            )
            with suppress(Mistakes):
                load(file, ENVIRON)


def test_offline_asks_for_no_secret(written: Callable[[str], Path]) -> None:
    assert load(written(LEAST), {}, offline=True).outgoing.name == "helpdesk"


def test_offline_stands_in_for_mailboxes_and_servers_that_are_left_out(
    written: Callable[[str], Path],
) -> None:
    hours = load(written('[hours]\nclose = "16:00"\n'), {}, offline=True)
    assert hours.mailboxes == defaults().mailboxes
    assert hours.hours.close == time(16)
    bare = load(written('[[mailbox]]\naddress = "team@nhs.net"\n'), {}, offline=True)
    assert bare.outgoing.address == "team@nhs.net"


def test_offline_still_refuses_a_mistake(written: Callable[[str], Path]) -> None:
    with pytest.raises(Mistakes, match="unknown key"):
        load(written("[bott]\n"), {}, offline=True)


def test_without_settings_the_two_mailboxes_of_the_procedures_are_read() -> None:
    settings = defaults()
    assert [(mailbox.name, mailbox.exchange) for mailbox in settings.mailboxes] == [
        ("helpdesk", True),
        ("regional", True),
    ]
    assert len(settings.people.admins) == 1


def test_the_core_is_told_who_is_who(written: Callable[[str], Path]) -> None:
    said = people(load(written('[people]\nteam_phone = "0300 1"\n' + LEAST), ENVIRON))
    assert (said.ours, said.watched, said.team_phone) == ("helpdesk@nhs.net", ("helpdesk@nhs.net",), "0300 1")
    assert people(defaults()) == type(said)()
