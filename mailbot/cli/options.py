"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path,
    typer.Option("-c", "--config", metavar="FILE", help="The settings; config.example.toml explains them."),
]
MaybeConfig = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", metavar="FILE", help="Settings; without them the shipped rules and defaults."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
