"""Exim: Debian's SMTP server, which takes mail for any address and keeps it in a Maildir."""

from __future__ import annotations

import grp
import time
from typing import TYPE_CHECKING

from mailbot.mail.channel import Route
from tests.servers.process import Process, account, free_port, program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mailbot.mail.tls import Tls
    from tests.servers.certificates import Certificates

_SETTINGS = """
exim_path = {exim}
primary_hostname = exim.test
qualify_domain = exim.test
exim_user = {user}
exim_group = {group}
never_users =
keep_environment =
deliver_drop_privilege
spool_directory = {folder}/spool
log_file_path = {folder}/log/%s
pid_file_path = {folder}/pid
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = {ports}
tls_on_connect_ports = {tls_port}
local_scan_timeout = 0s
host_lookup =
rfc1413_hosts =
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 0
smtp_accept_max = 50
message_size_limit = 50M
queue_run_in_order
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
{tls}

begin acl

acl_mail:
  deny condition = {needs_log_in}
       !authenticated = *
       message = 530 5.7.57 Client not authenticated to send mail
  accept

acl_rcpt:
  deny set acl_c_said = ${{lookup{{$local_part@$domain}}lsearch{{{folder}/refused}}}}
       condition = ${{if def:acl_c_said}}
       message = $acl_c_said
  defer set acl_c_said = ${{lookup{{$local_part@$domain}}lsearch{{{folder}/deferred}}}}
       condition = ${{if def:acl_c_said}}
       message = $acl_c_said
  accept

begin routers

all:
  driver = accept
  transport = keep

begin transports

keep:
  driver = appendfile
  directory = {folder}/received
  maildir_format
  create_directory
  envelope_to_add
  return_path_add

begin retry

* * F,1h,1m

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = {needs_log_in}
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{{folder}/users}}{{$value}}{{:none}}}}}}}}
  server_set_id = $auth2
"""


class Exim(Process):
    """Takes mail on `port`, and with TLS from the first byte on `tls_port` if it has `tls`; STARTTLS
    likewise.

    `users` (name to password) must log in; without any, nobody need.
    """

    def __init__(self, tls: Certificates | None = None, users: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.port, self.tls_port = free_port(), free_port()
        self.ports = [self.port]
        self._tls, self._users = tls, dict(users or {})
        for name in ("spool", "log", "received"):
            self.make(self.folder / name)
        self.write("users", "".join(f"{name}: {word}\n" for name, word in self._users.items()))
        self.write("refused", "")
        self.write("deferred", "")
        # root's own file, for Exim takes no configuration that its user could write
        (self.folder / "exim.conf").write_text(self._configuration())

    def command(self) -> list[str]:
        return [program("exim4"), "-C", str(self.folder / "exim.conf"), "-bdf"]

    def route(self, tls: Tls = "none", per_minute: int = 0, connections: int = 3) -> Route:
        """How letters reach it; logged in as the first user, if there is one."""
        name = next(iter(self._users), None)
        return Route(
            "127.0.0.1",
            self.tls_port if tls == "implicit" else self.port,
            tls,
            name,
            None if name is None else lambda: self._users[name],
            per_minute,
            connections,
            str(self._tls.ca) if self._tls else None,
            timeout=10,
        )

    def refuse(self, recipient: str, said: str = "550 5.1.1 no such person") -> None:
        """From now on say no to this recipient, at RCPT."""
        self._say("refused", recipient, said)

    def defer(self, recipient: str, said: str = "451 4.3.0 try again later") -> None:
        """From now on put this recipient off, at RCPT."""
        self._say("deferred", recipient, said)

    def allow(self) -> None:
        """Take mail for everybody again."""
        self.write("refused", "")
        self.write("deferred", "")

    def received(self, at_least: int = 0, seconds: float = 10.0) -> list[bytes]:
        """The mails that came, oldest first, as soon as there are so many; fewer once the time is over."""
        until = time.monotonic() + seconds
        while len(found := self._files()) < at_least and time.monotonic() < until:
            time.sleep(0.02)
        return [path.read_bytes() for path in found]

    def _files(self) -> list[Path]:
        found = (self.folder / "received" / "new").glob("*")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

    def _say(self, name: str, recipient: str, said: str) -> None:
        before = (self.folder / name).read_text()
        self.write(name, f"{before}{recipient}: {said}\n")

    def _configuration(self) -> str:
        who = account()
        tls = "tls_advertise_hosts ="
        if self._tls is not None:
            tls = (
                "tls_advertise_hosts = *\n"
                f"tls_certificate = {self._tls.certificate}\ntls_privatekey = {self._tls.key}"
            )
        return _SETTINGS.format(
            exim=program("exim4"),
            folder=self.folder,
            user=who.pw_name,
            group=grp.getgrgid(who.pw_gid).gr_name,
            ports=f"{self.port} : {self.tls_port}" if self._tls else self.port,
            tls_port=self.tls_port if self._tls else "",
            tls=tls,
            needs_log_in="true" if self._users else "false",
        )
