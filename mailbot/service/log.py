"""The log: what the service does, one line each on standard error, with nothing of any mail in it."""

from __future__ import annotations

import sys
from typing import Any

import structlog

INFO, WARNING = 20, 30
_configured = False


def begin(level: int = INFO) -> None:
    """Sets up the log once for the process; lines below the level are not written."""
    global _configured
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _configured = True


def log() -> Any:
    """The service's logger. Callers give ids, states and reasons only: never an address, a number or a mail's
    words.
    """
    if not _configured:
        begin()
    return structlog.get_logger()
