"""The backend's Italian words: which messages need one, and the compiled catalogue that Django reads.

    PYTHONPATH=infra .venv/bin/python -m messages    # after a change of django.po

GNU gettext is not on a bare machine, so its two small file formats are read and written here. Of django.po it knows
what that file uses: msgid, msgid_plural, msgstr, and comments.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "backend" / "azionelab"
CATALOGUE = SOURCES / "locale" / "it" / "LC_MESSAGES" / "django.po"

_GETTEXT_NAMES = {"_", "_now", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_TAG = re.compile(r"""\{%\s*translate\s+("[^"]*"|'[^']*')""")
_LINE = re.compile(r'(msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+(".*")')

# Django's own messages that the catalogue says in better Italian ("Annulla l'accesso").
SAID_BETTER = {"Log out"}

Messages = dict[str, list[str]]  # msgid, or msgid NUL plural, to its forms


def used_messages() -> dict[str, str]:
    """What the backend's own Python and templates ask to have translated: msgid (NUL plural) to a file that does."""
    used: dict[str, str] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for msgid in _in_python(path.read_text()):
            used.setdefault(msgid, path.name)
    for path in sorted(SOURCES.rglob("*.html")):
        for quoted in _TAG.findall(path.read_text()):
            used.setdefault(quoted[1:-1], path.name)
    return used


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _GETTEXT_NAMES:
            wanted = node.args[: 2 if node.func.id.startswith("ngettext") else 1]
            yield "\0".join(ast.literal_eval(text) for text in wanted)


def read_po(text: str) -> Messages:
    """The messages of a .po file, its header under the empty msgid."""
    messages: Messages = {}
    msgid, forms, current = "", [], None
    for line in [*text.splitlines(), 'msgid ""']:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        started = _LINE.fullmatch(line)
        keyword, words = (started[1], started[3]) if started else (current, line)
        words = ast.literal_eval(words)
        if started and keyword == "msgid":
            if forms:
                messages[msgid] = forms
            msgid, forms = words, []
        elif keyword == "msgid":
            msgid += words
        elif keyword == "msgid_plural":
            msgid += f"\0{words}" if started else words
        elif started:
            forms.append(words)
        else:
            forms[-1] += words
        current = keyword
    return messages


def compile_mo(messages: Messages) -> bytes:
    """A .mo file as the GNU gettext manual lays it out, without its optional hash table."""
    pairs = sorted((key.encode(), "\0".join(forms).encode()) for key, forms in messages.items() if any(forms))
    count = len(pairs)
    ids_at, texts_at, data_at = 28, 28 + 8 * count, 28 + 16 * count
    tables: list[tuple[int, int]] = []
    data = b""
    for strings in zip(*pairs, strict=True):
        for string in strings:
            tables.append((len(string), data_at + len(data)))
            data += string + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, count, ids_at, texts_at, 0, data_at)
    return header + b"".join(struct.pack("<2I", *entry) for entry in tables) + data


if __name__ == "__main__":
    CATALOGUE.with_suffix(".mo").write_bytes(compile_mo(read_po(CATALOGUE.read_text())))
    sys.stdout.write(f"{CATALOGUE.with_suffix('.mo').relative_to(Path.cwd())} is current.\n")
