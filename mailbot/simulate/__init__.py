"""The same bot on a clock that is turned by hand."""

from mailbot.simulate.run import simulate

__all__ = ["simulate"]
