"""Whether a command printed what its runbook says.

`…` stands for whatever varies: within a line for a part of it, alone in a line for any number of lines, none as well.
What stands in «…» is typed by the reader and then Enter; «Ctrl-C» is that key. Blank lines and the width of gaps do
not matter.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

_ANSWER = re.compile(r"«([^»\n]*)»")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_ANY_LINES = r"(?:[^\n]*\n)*?"


@dataclass(frozen=True)
class Expected:
    """The text of a runbook. `words` says what its words are called here: the stack's name, the site's address."""

    text: str
    words: Mapping[str, str]

    @property
    def answers(self) -> list[str]:
        return [self._here(answer) for answer in _ANSWER.findall(self.text)]

    def fits(self, output: str) -> bool:
        return re.fullmatch(self._pattern(self.text), tidy(output) + "\n") is not None

    def has_come(self, output: str, answers_given: int) -> bool:
        """Whether the output has got to the place where the next answer is typed, or the end where none is left."""
        answers = list(_ANSWER.finditer(self.text))
        until = answers[answers_given].start() if answers_given < len(answers) else len(self.text)
        return re.fullmatch(self._pattern(self.text[:until]), tidy(output) + "\n") is not None

    def difference(self, output: str) -> str:
        wanted = [self._here(line) for line in tidy(self.text).splitlines()]
        return "\n".join(difflib.ndiff(wanted, tidy(output).splitlines()))

    def _pattern(self, text: str) -> str:
        return "".join(self._line(line) for line in tidy(text).splitlines())

    def _line(self, line: str) -> str:
        if line == "…":
            return _ANY_LINES
        return "".join(self._piece(piece) for piece in re.split(r"(…| ?«[^»]*»)", line)) + r"\n"

    def _piece(self, piece: str) -> str:
        if piece == "…":
            return r"[^\n]*?"
        if answer := _ANSWER.fullmatch(piece.strip()):
            # A terminal shows what is typed, unless it is a password; Ctrl-C shows as ^C.
            typed = "^C" if answer[1] == "Ctrl-C" else self._here(answer[1])
            return rf" ?(?:{re.escape(typed)})?"
        return "".join(self._word(word) for word in re.split(self._words_pattern, piece))

    def _word(self, word: str) -> str:
        here = self.words.get(word, word)
        return f"(?:{re.escape(word)}|{re.escape(here)})"

    def _here(self, text: str) -> str:
        return re.sub(self._words_pattern, lambda found: self.words[found[0]], text)

    @property
    def _words_pattern(self) -> str:
        """Matches each of the words as a whole; nothing where there are none."""
        longest_first = sorted(self.words, key=len, reverse=True)
        return rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(?!\w)" if self.words else r"(?!)"


def tidy(output: str) -> str:
    """As a person sees it on the screen, with single spaces and without blank lines."""
    lines = _ESCAPES.sub("", output.replace("\r\n", "\n")).split("\n")
    shown = (" ".join(line.rstrip("\r").rpartition("\r")[2].split()) for line in lines)
    return "\n".join(line for line in shown if line)
