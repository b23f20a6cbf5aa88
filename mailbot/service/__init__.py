"""Runs the bot: watches mailboxes, sends letters, wakes when something is due."""

from mailbot.service import log
from mailbot.service.run import Service, once

__all__ = ["Service", "log", "once"]
