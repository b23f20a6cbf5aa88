"""A certificate authority for the tests, and a server's certificate for 127.0.0.1 that it signed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")


@dataclass(frozen=True)
class Certificates:
    """Files in PEM that any account can read: `ca` for clients to trust, the others for servers."""

    ca: Path
    certificate: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    ca_key, request, names = folder / "ca.key", folder / "server.csr", folder / "names"
    _openssl(
        "req", "-x509", *_CURVE, "-days", "2", "-subj", "/CN=mailbot tests", "-keyout", ca_key, "-out",
        made.ca, "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip
    _openssl("req", *_CURVE, "-subj", "/CN=localhost", "-keyout", made.key, "-out", request)
    names.write_text(
        "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"  # Python 3.13 insists on the last
    )
    _openssl(
        "x509", "-req", "-in", request, "-CA", made.ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
        "-extfile", names, "-out", made.certificate,
    )  # fmt: skip
    made.key.chmod(0o644)  # the server runs under another account
    return made


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
