"""The command `mailbot`."""

from __future__ import annotations


def main() -> None:
    """Runs the command line; exit code 0 is done, 1 input or world at fault, 2 wrong usage."""
    from mailbot.cli import program

    program()


if __name__ == "__main__":
    main()
