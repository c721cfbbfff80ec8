"""What a backup says of itself: written once, last of all, and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

FORMAT = 1
ORDINARY, SAFETY = "ordinary", "safety"
DATABASE, MEDIA, SETTINGS, ERASURES = "database.dump", "media.tar", "settings.env", "erasures.jsonl"
CONTENTS = (DATABASE, MEDIA, SETTINGS, ERASURES)
SEALED = ".age"


@dataclass(frozen=True)
class File:
    """One file as it lies there, and what is in it; they differ where it is encrypted."""

    size: int
    sha256: str
    content_size: int
    content_sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    name: str
    made_at: datetime
    azionelab: str
    postgresql: str
    postgresql_major: int
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    database_bytes: int
    media_files: int
    media_bytes: int
    media_generation: str
    salt: str
    secret_key_fingerprint: str
    files: Mapping[str, File]
    site: str = ""
    project: str = ""
    kind: str = ORDINARY
    note: str = ""
    # The public keys it is encrypted to.
    encrypted_to: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())

    @property
    def is_encrypted(self) -> bool:
        return bool(self.encrypted_to)

    @property
    def is_safety(self) -> bool:
        return self.kind == SAFETY

    def file_named(self, content: str) -> str:
        """What the file with this content is called here."""
        return f"{content}{SEALED}" if self.is_encrypted else content

    def as_text(self) -> str:
        members = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def read_manifest(text: str | bytes) -> Manifest:
    """Raises ValueError where it is anything else than what `as_text` writes."""
    try:
        members = dict(json.loads(text))
        if members.pop("format") != FORMAT:
            raise ValueError("it is of another format: a newer azione made it")
        files = {str(name): File(**_typed(File, one)) for name, one in members.pop("files").items()}
        made_at = datetime.fromisoformat(members.pop("made_at"))
        rows = {str(name): int(number) for name, number in members.pop("rows").items()}
        lists = [tuple(map(str, members.pop(name))) for name in ("migrations", "encrypted_to")]
        rest: dict[str, Any] = _typed(Manifest, members)
        manifest = Manifest(files=files, made_at=made_at, rows=rows, migrations=lists[0], encrypted_to=lists[1], **rest)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it lacks something ({error})") from None
    if made_at.tzinfo is None:
        raise ValueError("its time has no offset")
    if set(files) != {manifest.file_named(content) for content in CONTENTS}:
        raise ValueError("it does not name the files of a backup")
    return manifest


def _typed(model: type, members: Mapping[str, Any]) -> dict[str, Any]:
    """As they are, if each has the type that the model says: strings and whole numbers."""
    types = {"str": str, "int": int}
    for name, value in members.items():
        if type(value) is not types[model.__annotations__[name]]:
            raise ValueError(f"its {name} is no {model.__annotations__[name]}")
    return dict(members)
