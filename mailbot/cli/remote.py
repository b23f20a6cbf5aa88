"""The running service, asked through its API on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from mailbot.core.fact import ActError

if TYPE_CHECKING:
    from mailbot.config.settings import Settings
    from mailbot.core.event import AdminActed

SECONDS = 10


def act(chosen: Settings, acted: AdminActed) -> list[str] | None:
    """What the service did; None where no service runs. Raises ActError where it would not do it."""
    from mailbot.web.api import TOKEN, as_json

    file = chosen.bot.data / TOKEN
    if not file.is_file():
        return None
    request = Request(
        f"http://{chosen.web.listen}/api/act",
        data=json.dumps(as_json(acted)).encode(),
        headers={"Authorization": f"Bearer {file.read_text()}", "Content-Type": "application/json"},
    )
    try:
        # never through a proxy: it is this machine
        with build_opener(ProxyHandler({})).open(request, timeout=SECONDS) as answer:
            return [str(line) for line in json.load(answer)["done"]]
    except HTTPError as error:
        if error.code == 401:  # another service's port: ours does not run
            return None
        raise ActError(_said(error)) from error
    except (URLError, OSError):
        return None


def _said(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return f"the service answered {error.code}"
