"""The pages' server listens where nobody else can reach it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from mailbot.web.server import server


@pytest.mark.parametrize("listen", ["127.0.0.1:8025", "localhost:8025", "[::1]:8025"])
def test_it_listens_on_loopback(listen: str) -> None:
    assert server(FastAPI(), listen).config.port == 8025


@pytest.mark.parametrize(
    "listen", ["0.0.0.0:8025", "192.0.2.1:8025", "127.0.0.1", "127.0.0.1:x", ":8025", "evil.example:80"]
)
def test_it_refuses_to_listen_anywhere_else(listen: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        server(FastAPI(), listen)
