"""The pages' server, which listens on this machine's loopback alone."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI

ENDS_WITHIN = 2  # seconds that open connections may take at the end


def server(app: FastAPI, listen: str) -> uvicorn.Server:
    """A server for these pages, not yet started; `listen` is as 127.0.0.1:8025.

    ValueError where that is not an address of loopback with a port: without a log-in, nobody else may read.
    """
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not (port.isdecimal() and (host == "localhost" or _loopback(host))):
        raise ValueError(f'the queue can listen on loopback only, as "127.0.0.1:8025", not on "{listen}"')
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=int(port),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=ENDS_WITHIN,
        )
    )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
