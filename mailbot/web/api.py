"""The API: an admin's act as JSON, for the commands that act while the service runs."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from fastapi import Request  # noqa: TC002 - FastAPI reads the type at run time
from fastapi.responses import JSONResponse, Response

from mailbot.core.event import AdminActed
from mailbot.core.fact import ActError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi import FastAPI

TOKEN = "api.token"  # noqa: S105 - the name of its file
LARGEST = 1_000_000  # bytes of one act


def new_token(folder: Path) -> str:
    """A fresh secret for this run of the service, in a file that only its own user can read."""
    token = secrets.token_urlsafe(32)
    path = folder / TOKEN
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    return token


def as_json(acted: AdminActed) -> dict[str, Any]:
    """The act as the API takes it."""
    return {f.name: _plain(getattr(acted, f.name)) for f in fields(acted)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int) else dict(value)


def understood(body: bytes) -> AdminActed:
    """The act in a request's body; ActError where it is none."""
    try:
        told = json.loads(body)
        return AdminActed(
            by=str(told["by"]),
            does=str(told["does"]),
            ticket=int(told.get("ticket", 0)),
            task=str(told.get("task", "")),
            text=str(told.get("text", "")),
            intents=tuple(str(i) for i in told.get("intents", ())),
            person=_pairs(told.get("person", {})),
            values=_pairs(told.get("values", {})),
        )
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ActError("the body must be an act as JSON, with by and does") from error


def _pairs(told: dict[str, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in told.items()}


def add(app: FastAPI, act: Callable[[AdminActed], list[str]], token: str, admins: tuple[str, ...]) -> None:
    """Adds `POST /api/act`. Who asks must know the token; the act must name an admin of the settings."""

    @app.post("/api/act")
    async def do(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            return JSONResponse({"error": "the token is missing or wrong"}, 401)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return JSONResponse({"error": "too large"}, 413)
        return await _answered(body, act, admins)


async def _answered(body: bytes, act: Callable[[AdminActed], list[str]], admins: tuple[str, ...]) -> Response:
    try:
        acted = understood(body)
        if acted.by not in admins:
            return JSONResponse({"error": "that address is no admin's"}, 403)
        done = await asyncio.to_thread(act, acted)
    except ActError as error:
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"done": done})
