"""What every noun and every verb of the command line have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand

from azione import render


class Verb(TyperCommand):
    """Its help names arguments as people write them: no `{SHOW}`, which looks like a choice, and no `<list[str]>`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for parameter in self.params:
            if isinstance(parameter, TyperArgument):
                parameter.display_type_rich = lambda ctx: None  # type: ignore[method-assign]  # noqa: ARG005

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]


class Noun(typer.Typer):
    """Adds its commands as verbs."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        return super().command(name, cls=Verb, **options)


def make_noun(about: str) -> Noun:
    """A noun to which verbs are added; alone on the line it shows its help, and that is no mistake."""
    app = Noun(help=about, rich_markup_mode=None)

    @app.callback(invoke_without_command=True)
    def show_help(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            render.text(context.get_help())

    return app
