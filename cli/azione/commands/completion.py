"""`azione completion …`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from azione import render


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[Shell, typer.Argument(help="Whose Tab key it is.", metavar="bash|zsh|fish")],
) -> None:
    """Teach a shell to complete verbs, performances, references.

    \b
    Examples:
      source <(azione completion bash)      # in ~/.bashrc, or ~/.zshrc with zsh
      azione completion fish > ~/.config/fish/completions/azione.fish
    """
    from importlib.resources import files

    render.text(files("azione").joinpath("shells", f"azione.{shell.value}").read_text("utf-8"))
