"""What every noun of the command line has in common."""

from __future__ import annotations

import typer

from azione import render


def make_noun(about: str) -> typer.Typer:
    """A noun to which verbs are added; alone on the line it shows its help, and that is no mistake."""
    app = typer.Typer(help=about, rich_markup_mode=None)

    @app.callback(invoke_without_command=True)
    def show_help(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            render.text(context.get_help())

    return app
