"""Encryption on the way to the mail servers: always verified, never dropped."""

from __future__ import annotations

import ipaddress
import ssl
from typing import Literal

Tls = Literal["implicit", "starttls", "none"]


def context(cafile: str | None) -> ssl.SSLContext:
    """Verifies certificate and host name; against `cafile` alone where one is given.

    Raises OSError (ssl.SSLError) for a file that cannot be read as certificates.
    """
    made = ssl.create_default_context(cafile=cafile)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def guard(host: str, tls: Tls) -> None:
    """Raises ValueError for a way without encryption to any machine but this one."""
    if tls == "none" and not loopback(host):
        raise ValueError(
            "without encryption only this machine itself can be reached (127.0.0.1, ::1, localhost)"
        )


def loopback(host: str) -> bool:
    """Whether the name or address can mean nothing but this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
