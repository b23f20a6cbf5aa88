"""The log: what the service does, one line each on standard error, with nothing of any mail in it."""

from __future__ import annotations

import sys
from typing import Any

import structlog

_CONFIGURED = False


def log() -> Any:
    """The service's logger. Callers give ids, states and reasons only: never an address, a number or a mail's
    words.
    """
    global _CONFIGURED
    if not _CONFIGURED:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
            cache_logger_on_first_use=False,
        )
        _CONFIGURED = True
    return structlog.get_logger()
