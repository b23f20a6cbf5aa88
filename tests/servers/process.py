"""A server of Debian as a child process in a folder of its own, gone for certain at the end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

STARTS_WITHIN = 10.0  # seconds; mostly a tenth of one


PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def program(name: str) -> str:
    """Where Debian keeps a server, often outside PATH. Raises RuntimeError where it is not installed."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise RuntimeError(f"these tests need {name}: make test installs it as root")
    return found


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def account() -> pwd.struct_passwd:
    """As whom servers run: the one who runs the tests, but never root, as whom none of them would serve."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


class Process:
    """One program. A subclass writes into `folder` and gives `command`; then `ports` must answer."""

    def __init__(self) -> None:
        # not pytest's own folders: only their owner may enter those, and a socket's path must be short
        self.folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))
        self.ports: list[int] = []
        self._child: subprocess.Popen[bytes] | None = None
        self.give(self.folder)

    def command(self) -> list[str]:
        raise NotImplementedError

    def give(self, *paths: Path) -> None:
        """Hand files over to the account that the server runs as."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, account().pw_uid, account().pw_gid)

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        self.give(path)
        return path

    def make(self, path: Path) -> Path:
        """A folder, with those above it."""
        if not path.is_dir():
            self.make(path.parent)
            path.mkdir(mode=0o755)
            self.give(path)
        return path

    def start(self) -> None:
        who = account()
        drop = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / "output").open("ab") as output:
            self._child = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={"PATH": PATH, "HOME": str(self.folder)},
                **drop,  # type: ignore[call-overload]
            )
        for port in self.ports:
            self._await(port)

    def _await(self, port: int) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self._child is not None and self._child.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        said = (self.folder / "output").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"{self.command()[0]} did not start:\n{said}")

    def stop(self) -> None:
        """End the program and all that it started."""
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
