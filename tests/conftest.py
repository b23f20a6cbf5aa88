"""Fixtures for all tests: real servers of Debian on free loopback ports, fresh for each test."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers.certificates import Certificates
from tests.servers.certificates import certificates as make_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.exim import Exim

if TYPE_CHECKING:
    from collections.abc import Iterator

USERS = {"helpdesk": "helpdesk pässword", "regional": "regional password"}


@pytest.fixture(scope="session")
def certificates() -> Iterator[Certificates]:
    """A certificate authority of our own, in a folder that every account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="mb-ca-", dir="/tmp"))
    folder.chmod(0o755)
    yield make_certificates(folder)
    shutil.rmtree(folder)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """An IMAP server without TLS, with the mailboxes `helpdesk` and `regional`."""
    with Dovecot(USERS) as server:
        yield server


@pytest.fixture
def dovecot_tls(certificates: Certificates) -> Iterator[Dovecot]:
    """The same with TLS, from the first byte or by STARTTLS."""
    with Dovecot(USERS, certificates) as server:
        yield server


@pytest.fixture
def exim() -> Iterator[Exim]:
    """An SMTP server without TLS and log-in."""
    with Exim() as server:
        yield server


@pytest.fixture
def exim_tls(certificates: Certificates) -> Iterator[Exim]:
    """An SMTP server with TLS, from the first byte or by STARTTLS, where `helpdesk` must log in."""
    with Exim(certificates, {"helpdesk": USERS["helpdesk"]}) as server:
        yield server
