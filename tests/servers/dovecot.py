"""Dovecot: Debian's IMAP server (2.3 or 2.4) over Maildirs that a test fills and looks into."""

from __future__ import annotations

import grp
import os
import shutil
import subprocess
import time
from itertools import count
from typing import TYPE_CHECKING

from mailbot.mail.inbox import Login
from tests.servers.process import Process, account, free_port, program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from mailbot.mail.tls import Tls
    from tests.servers.certificates import Certificates

_NUMBERS = count(1)

# Everything runs under one account, without the changes of root that Dovecot makes elsewhere.
_COMMON = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
auth_failure_delay = 0 secs
mail_max_userip_connections = 100
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

_SYNTAX_2_3 = """
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
"""

_SYNTAX_2_4 = """
mail_driver = maildir
mail_path = ~/Maildir
mailbox_list_layout = maildir++
auth_allow_cleartext = yes
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
userdb passwd-file {{
  passwd_file_path = {folder}/users
}}
"""

_TLS_2_3 = "ssl = yes\nssl_cert = <{certificate}\nssl_key = <{key}\n"
_TLS_2_4 = "ssl = yes\nssl_server_cert_file = {certificate}\nssl_server_key_file = {key}\n"


def version() -> tuple[int, int]:
    said = subprocess.run(
        [program("dovecot"), "--version"], check=True, capture_output=True, text=True
    ).stdout
    major, minor, *_ = said.split()[0].split(".")
    return int(major), int(minor)


class Dovecot(Process):
    """Serves `users` (name to password) on `port`; with `tls` also on `tls_port`, from the first byte."""

    def __init__(self, users: Mapping[str, str], tls: Certificates | None = None) -> None:
        super().__init__()
        self.port, self.tls_port = free_port(), free_port()
        self.ports = [self.port]
        self._users, self._tls = dict(users), tls
        who = account()
        lines = [
            f"{name}:{{PLAIN}}{password}:{who.pw_uid}:{who.pw_gid}::{self._home(name)}::"
            for name, password in users.items()
        ]
        for name in users:
            self.make(self._home(name))
        self.write("users", "\n".join(lines) + "\n")
        self.write("dovecot.conf", self._configuration())

    def command(self) -> list[str]:
        return [program("dovecot"), "-F", "-c", str(self.folder / "dovecot.conf")]

    def login(self, user: str, tls: Tls = "none") -> Login:
        """How a client reaches this user's mailbox."""
        cafile = str(self._tls.ca) if self._tls else None
        port = self.tls_port if tls == "implicit" else self.port
        return Login("127.0.0.1", port, tls, user, lambda: self._users[user], cafile, timeout=10)

    def deliver(
        self, user: str, raw: bytes, folder: str = "INBOX", n: int = 1, arrived: datetime | None = None
    ) -> None:
        """Place `n` copies of a mail into the Maildir, as new."""
        maildir = self._maildir(user, folder)
        for sub in ("tmp", "new", "cur"):
            self.make(maildir / sub)
        for _ in range(n):
            name = f"{int(time.time())}.M{next(_NUMBERS):06d}P{os.getpid()}.tests"
            path = maildir / "tmp" / name
            path.write_bytes(raw)
            self.give(path)
            if arrived is not None:
                os.utime(path, (arrived.timestamp(), arrived.timestamp()))
            path.rename(maildir / "new" / name)

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails that lie in a folder, in order of delivery."""
        return [path.read_bytes() for path in self._files(user, folder)]

    def flags(self, user: str, folder: str = "INBOX") -> dict[str, str]:
        """Each mail's name and, after the part of the Maildir that it is in, its flags: `new/`, `cur/S`."""
        files = self._files(user, folder)
        return {
            path.name.partition(":")[0]: f"{path.parent.name}/{path.name.partition(':2,')[2]}"
            for path in files
        }

    def forget_uids(self, user: str, folder: str = "INBOX") -> None:
        """Make the server give the folder a new UIDVALIDITY, as after a restore."""
        maildir = self._maildir(user, folder)
        for path in maildir.glob("dovecot.index*"):
            path.unlink()
        uids = maildir / "dovecot-uidlist"
        head, _, rest = uids.read_text().partition("\n")
        words = [f"V{int(word[1:]) + 1}" if word.startswith("V") else word for word in head.split(" ")]
        uids.write_text(" ".join(words) + "\n" + rest)

    def remove(self, user: str, folder: str) -> None:
        """Take a folder away, with its mails."""
        shutil.rmtree(self._maildir(user, folder))

    def _files(self, user: str, folder: str) -> list[Path]:
        maildir = self._maildir(user, folder)
        found = [*(maildir / "new").glob("*"), *(maildir / "cur").glob("*")]
        return sorted(found, key=lambda path: path.name.split(".")[1])

    def _home(self, user: str) -> Path:
        return self.folder / "mail" / user

    def _maildir(self, user: str, folder: str) -> Path:
        root = self._home(user) / "Maildir"
        return root if folder == "INBOX" else root / ("." + folder.replace("/", "."))

    def _configuration(self) -> str:
        who = account()
        new = version() >= (2, 4)
        parts = [_COMMON, _SYNTAX_2_4 if new else _SYNTAX_2_3]
        if self._tls is None:
            parts.append("ssl = no\n")
        else:
            parts.append(_TLS_2_4 if new else _TLS_2_3)
        head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if new else ""
        return head + "".join(parts).format(
            folder=self.folder,
            user=who.pw_name,
            group=grp.getgrgid(who.pw_gid).gr_name,
            port=self.port,
            tls_port=self.tls_port,
            certificate=self._tls.certificate if self._tls else "",
            key=self._tls.key if self._tls else "",
        )
