"""The commands for whoever looks after rules and letters, and for going live."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import Config, Json, MaybeConfig

app = typer.Typer(rich_markup_mode=None)

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="Where to write; made if need be, files of the same name are replaced."
    ),
]
Corpora = Annotated[
    list[Path],
    typer.Argument(metavar="CORPUS…", help="Labelled mails: JSON lines, as `corrections` prints them."),
]


@app.command()
def corrections(config: Config) -> None:
    """Print the mails whose labels an admin corrected, one JSON object a line, to learn from."""
    from mailbot.cli.learning import corrections as command

    raise typer.Exit(command(config))


@app.command()
def replay(
    config: Config,
    rules: Annotated[Path, typer.Option("--rules", metavar="FOLDER", help="A folder of rules to try.")],
    json: Json = False,
) -> None:
    """Run other rules over the mail that the bot has kept, and print what would change. Nothing is sent."""
    from mailbot.cli.learning import replay as command

    raise typer.Exit(command(config, rules, json=json))


@app.command()
def letters(folder: Folder, config: MaybeConfig = None) -> None:
    """Write every letter out with sample facts, to read and review; index.html says where each is used."""
    from mailbot.cli.letters import letters as command

    raise typer.Exit(command(folder, config))


@app.command()
def workflows(folder: Folder, config: MaybeConfig = None) -> None:
    """Draw every workflow as a picture (SVG): its states, what moves them and what comes of it."""
    from mailbot.cli.workflows import workflows as command

    raise typer.Exit(command(folder, config))


@app.command(
    "import-clocks",
    epilog="FILE.csv: a first line with the columns account,name,clock,starts and, if you like, "
    "old_organisation,note; then one line a clock. clock is leaver (the account was marked as a leaver) or "
    "disabled; starts is that day, as 2027-02-27 or 27/02/2027. Stop the service before --apply.",
)
def import_clocks(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The spreadsheet, saved as CSV.")],
    config: Config,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import: all rows, or none if one has a mistake.")
    ] = False,
    as_: Annotated[
        str,
        typer.Option(
            "--as", metavar="ADDRESS", help="Who imports; the first admin of the settings otherwise."
        ),
    ] = "",
) -> None:
    """Take over deletion clocks that already run. Without --apply: show each deadline and first reminder.

    Nobody gets a letter because of the import; reminders go from then on.
    """
    from mailbot.cli.importing import import_clocks as command

    raise typer.Exit(command(file, config, by=as_, apply=apply))


@app.command()
def learn(
    corpora: Corpora,
    rules: Annotated[Path, typer.Option("--rules", metavar="FOLDER", help="The folder of rules to teach.")],
) -> None:
    """Learn from labelled mail which words speak for what, as a second opinion beside the rules of triage.

    Writes triage/learned.json in the folder of rules. `mailbot replay` shows what it would change.
    """
    from mailbot.cli.teaching import learn as command

    raise typer.Exit(command(corpora, rules))
