"""The program: every command with its arguments and help; what each does stands in a module of its own."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli import output, upkeep
from mailbot.cli.options import Config, Json, MaybeConfig

app = typer.Typer(
    name="mailbot",
    help="Runs the mailboxes of a small NHS administration team: reads every mail, answers at once, "
    "watches every deadline, and says why. Try it with: mailbot demo --once",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Mails = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Mails (.eml files) or folders of them.")]
Scenario = Annotated[Path | None, typer.Argument(metavar="FOLDER", help="Holds scenario.toml and its mails.")]
Day = Annotated[
    datetime | None,
    typer.Option("--start", metavar="DAY", formats=["%Y-%m-%d"], help="The first day, such as 2027-01-01."),
]
Hours = Annotated[
    float,
    typer.Option(
        "--admin-hours",
        metavar="N",
        min=0.1,
        max=400,
        help="Admins act within so many working hours; 16 are two days.",
    ),
]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"mailbot {version('mailbot')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Runs the mailboxes of a small NHS administration team.

    It reads every mail, answers at once, watches every deadline, and says why.
    Try it with: mailbot demo --once
    """


def program() -> None:
    """Runs the command line and ends the process with its exit code."""
    # a reader that has seen enough (`mailbot parse … | head`) is no error
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after one pass and print what was done.")] = False,
) -> None:
    """Try it: a mail server with sample mail on this machine, and the bot at work on it."""
    from mailbot.demo.show import show

    raise typer.Exit(show(once_only=once))


@app.command()
def run(
    config: Config,
    once: Annotated[
        bool, typer.Option("--once", help="Take in all that waits, send all that may go, and end.")
    ] = False,
) -> None:
    """Run the service: watch the mailboxes, answer, remind. Ends cleanly on Ctrl-C or SIGTERM."""
    from mailbot.cli.running import run as command

    raise typer.Exit(command(config, once=once))


@app.command()
def check(config: Config) -> None:
    """Check settings, rules and letters, then each mailbox step by step."""
    from mailbot.cli.checking import check as command

    raise typer.Exit(command(config))


@app.command()
def parse(mails: Mails, json: Json = False) -> None:
    """Read mails and show how each was understood as a mail: who, what, which part is the reply."""
    from mailbot.cli.reading import parse as command

    raise typer.Exit(command(mails, json=json))


@app.command()
def triage(
    mails: Mails,
    json: Json = False,
    mailbox: Annotated[
        str, typer.Option("--mailbox", metavar="NAME", help="The mailbox in which they arrived.")
    ] = "helpdesk",
    config: MaybeConfig = None,
) -> None:
    """Read mails and show what each asks for, about whom, and why the bot thinks so."""
    from mailbot.cli.reading import triage as command

    raise typer.Exit(command(mails, mailbox, config, json=json))


@app.command(
    epilog="Give FOLDER or --year. What stands from --seed on is for a year; the same seed makes the same."
)
def simulate(
    folder: Scenario = None,
    json: Json = False,
    config: MaybeConfig = None,
    year: Annotated[
        bool, typer.Option("--year", help="Instead: a year of made-up mail, its load and deadlines by month.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Which of all possible years.")] = 1,
    midwives: Annotated[
        int, typer.Option("--midwives", metavar="N", min=1, max=10_000, help="How many the team looks after.")
    ] = 300,
    start: Day = None,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=3660, help="How many days.")] = 365,
    hours: Hours = 16,
    chart: Annotated[
        Path | None, typer.Option("--chart", metavar="FILE.svg", help="Draw the figures as a chart as well.")
    ] = None,
) -> None:
    """Run a scenario, or a year, on a turned clock: which letters would go when, and why. Nothing is sent."""
    if year == (folder is not None):
        raise typer.BadParameter("give a FOLDER that holds a scenario, or --year")
    if folder is not None:
        from mailbot.cli.simulating import simulate as command

        raise typer.Exit(command(folder, config, json=json))
    from mailbot.cli.planning import plan, simulate_year

    planned = plan(seed, midwives, start.date() if start else None, days, hours)
    raise typer.Exit(simulate_year(planned, config, chart, json=json))


@app.command()
def tickets(
    config: Config,
    json: Json = False,
    closed: Annotated[bool, typer.Option("--all", help="Closed cases as well.")] = False,
) -> None:
    """Show the queue: every open case with its mails, requests, tasks, letters and history."""
    from mailbot.cli.cases import tickets as command

    raise typer.Exit(command(config, json=json, closed=closed))


@app.command(
    epilog="Verbs: done TASK · refuse TASK · set FACT=VALUE … · reply --text … · close [--text 'not ours'] · "
    "triage LABEL … · call --text … · open LABEL … --person email=… · take [TASK] · release [TASK]"
)
def act(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[IM-000123] VERB …", help="The case and what to do; `open` takes no case."),
    ],
    config: Config,
    as_: Annotated[
        str,
        typer.Option("--as", metavar="ADDRESS", help="Who acts; the first admin of the settings otherwise."),
    ] = "",
    text: Annotated[str, typer.Option("--text", help="Words of a reply, a note, or the reason.")] = "",
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="KEY=VALUE", help="email, name, account, mobile.")
    ] = None,
) -> None:
    """Do what an admin can do: finish or refuse a task, set a date, reply, close."""
    from mailbot.cli.cases import act as command

    raise typer.Exit(command(words, config, by=as_, text=text, person=person or []))


app.add_typer(upkeep.app)
output.prepare()
