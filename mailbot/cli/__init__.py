"""The commands, as people type them."""

from mailbot.cli.program import program

__all__ = ["program"]
