"""Servers that follow a script: what Exchange Online does and Debian's do not, and broken connections."""

from __future__ import annotations

import socketserver
import threading
import time
from dataclasses import dataclass, field
from typing import Self

from mailbot.mail.channel import Route
from mailbot.mail.inbox import Login


@dataclass
class _Line:
    """What is said instead of the usual answer to a command that starts so, as often as `times`."""

    start: str
    said: tuple[str, ...]
    times: int
    drop: bool


class Scripted(socketserver.ThreadingTCPServer):
    """Talks in lines on a free port; `commands` came so far, `most` connections stood at once."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.port: int = self.server_address[1]
        self.commands: list[str] = []
        self.most = self.standing = self.dialled = 0
        self.slowly = 0.0
        self.lock = threading.Lock()
        self._lines: list[_Line] = []

    def says(self, start: str, *said: str, times: int = 1, drop: bool = False) -> None:
        """Answer the next commands that start so with these lines (`{tag}` is filled in); hang up?"""
        with self.lock:
            self._lines.append(_Line(start.upper(), said, times, drop))

    def scripted(self, command: str) -> _Line | None:
        with self.lock:
            self.commands.append(command)
            for line in self._lines:
                if line.times > 0 and command.upper().startswith(line.start):
                    line.times -= 1
                    return line
        return None

    def talk(self, talk: _Talk) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Scripted
    disable_nagle_algorithm = True

    def handle(self) -> None:
        server = self.server
        with server.lock:
            server.dialled += 1
            server.standing += 1
            server.most = max(server.most, server.standing)
        try:
            server.talk(self)
        except (OSError, ValueError):
            return
        finally:
            with server.lock:
                server.standing -= 1

    def say(self, line: str) -> None:
        self.wfile.write(line.encode("utf-8", "surrogateescape") + b"\r\n")

    def hear(self) -> str:
        """The next line; OSError once the other side is gone."""
        line = self.rfile.readline()
        if not line:
            raise ConnectionResetError
        return line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")

    def follow(self, line: _Line, tag: str = "") -> None:
        """Say what the script says."""
        for said in line.said:
            self.say(said.replace("{tag}", tag))
        if line.drop:
            raise ConnectionResetError


@dataclass
class ImapFolder:
    """What lies in INBOX. FETCH gives no data for `blank`, no line for `silent`, false `sizes`."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 7
    blank: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    sizes: dict[int, int] = field(default_factory=dict)


class ScriptedImap(Scripted):
    """An IMAP server with one folder; any name and password will do."""

    def __init__(
        self, mails: dict[int, bytes] | None = None, can: str = "IMAP4rev1 IDLE MOVE UIDPLUS"
    ) -> None:
        super().__init__()
        self.inbox = ImapFolder(dict(mails or {}))
        self.can = can

    def login(self) -> Login:
        return Login("127.0.0.1", self.port, "none", "somebody", lambda: "secret", timeout=5)

    def talk(self, talk: _Talk) -> None:
        talk.say("* OK ready")
        while True:
            tag, _, command = talk.hear().partition(" ")
            line = self.scripted(command)
            if line is not None:
                talk.follow(line, tag)
                continue
            self._answer(talk, tag, command.upper())
            if command.upper() == "LOGOUT":
                return

    def _answer(self, talk: _Talk, tag: str, command: str) -> None:
        words = command.split()
        if words[0] == "CAPABILITY":
            talk.say(f"* CAPABILITY {self.can}")
        elif words[0] in {"SELECT", "EXAMINE"}:
            talk.say(f"* {len(self.inbox.mails)} EXISTS")
            talk.say(f"* OK [UIDVALIDITY {self.inbox.uidvalidity}] ok")
            talk.say(f"* OK [UIDNEXT {max(self.inbox.mails, default=0) + 1}] ok")
        elif words[:2] == ["UID", "SEARCH"]:
            found = [str(uid) for uid in self.inbox.mails if uid in self._named(words[-1])]
            talk.say(" ".join(["* SEARCH", *found]))
        elif words[:2] == ["UID", "FETCH"]:
            for uid in self._named(words[2]):
                self._fetch(talk, uid, command)
        elif words[0] == "IDLE":
            talk.say("+ idling")
            talk.hear()
        elif words[0] == "LOGOUT":
            talk.say("* BYE bye")
        talk.say(f"{tag} OK done")

    def _named(self, sequence: str) -> list[int]:
        """The UIDs of a sequence set that are there; `n:*` always names the last one (RFC 9051)."""
        found: set[int] = set()
        last = max(self.inbox.mails, default=0)
        for part in sequence.split(","):
            first, _, to = part.partition(":")
            start, end = int(first), last if to == "*" else int(to or first)
            found |= set(range(min(start, end), max(start, end) + 1))
        return sorted(found & set(self.inbox.mails))

    def _fetch(self, talk: _Talk, uid: int, command: str) -> None:
        folder, raw = self.inbox, self.inbox.mails[uid]
        if uid in folder.silent:
            return
        items = [f"UID {uid}"]
        if "RFC822.SIZE" in command:
            items.append(f"RFC822.SIZE {folder.sizes.get(uid, len(raw))}")
        if "INTERNALDATE" in command:
            items.append('INTERNALDATE " 2-Mar-2026 11:15:00 +0100"')
        if "BODY.PEEK[]" in command and uid not in folder.blank:
            items.append(f"BODY[] {{{len(raw)}}}\r\n" + raw.decode("utf-8", "surrogateescape"))
        talk.say(f"* {sorted(folder.mails).index(uid) + 1} FETCH ({' '.join(items)})")


class ScriptedSmtp(Scripted):
    """An SMTP server that takes everything; `TEXT` in a script stands for the end of a mail's text."""

    def __init__(self, extensions: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.extensions = extensions
        self.texts: list[str] = []

    def route(self, per_minute: int = 0, connections: int = 3, timeout: float = 5) -> Route:
        return Route(
            "127.0.0.1",
            self.port,
            "none",
            per_minute=per_minute,
            connections=connections,
            timeout=timeout,
            patience=timeout,
        )

    def talk(self, talk: _Talk) -> None:
        greeting = self.scripted("CONNECT")
        if greeting is None:
            talk.say("220 ready")
        else:
            talk.follow(greeting)
        while True:
            command = talk.hear()
            line = self.scripted(command)
            if line is not None:
                talk.follow(line)
            elif command == "DATA":
                self._take(talk)
            elif command.startswith("EHLO"):
                talk.say("\r\n".join(["250-here", *(f"250-{each}" for each in self.extensions), "250 HELP"]))
            else:
                talk.say("221 bye" if command == "QUIT" else "250 ok")
            if command == "QUIT":
                return

    def _take(self, talk: _Talk) -> None:
        talk.say("354 go on")
        lines: list[str] = []
        while (line := talk.hear()) != ".":
            lines.append(line)
        time.sleep(self.slowly)
        with self.lock:
            self.texts.append("\n".join(lines))
        said = self.scripted("TEXT")
        if said is None:
            talk.say("250 2.0.0 queued")
        else:
            talk.follow(said)
