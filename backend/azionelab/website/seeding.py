"""Fills a new site: the company's words, its pages, its pictures, from a file like season/website.yaml.

What is there already stays as it is: it is the manager's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation

from azionelab.company.models import Company, Page, PagePicture
from azionelab.core.errors import DomainError, FieldError, validation_failed
from azionelab.core.pictures import Picture, RefusedError, clean
from azionelab.programme.models import Show, ShowPicture, Venue, VenuePicture

Given = Mapping[str, Any]


@dataclass
class Seeded:
    company: bool = False
    pages: list[str] = field(default_factory=list)
    pictures: int = 0


def seed_website(*, file: Path, dry_run: bool = False) -> Seeded:
    """Raises `validation_failed` for a file that cannot be read, and for what cannot stand on the site."""
    given = _read(file)
    with transaction.atomic():
        seeded = _Writer(file).write(given)
        if dry_run:
            transaction.set_rollback(True)
    return seeded


def _read(file: Path) -> Given:
    try:
        given = yaml.safe_load(file.read_bytes())
    except OSError as error:
        raise _refused(file.name, f"{file} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _refused(file.name, f"This is not YAML: {error}") from None
    if not isinstance(given, dict):
        raise _refused(file.name, "The file says nothing.")
    return given


def _refused(name: str, message: str) -> DomainError:
    return validation_failed(FieldError(field=name, code="invalid", message=message))


class _Writer:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._seeded = Seeded()

    def write(self, given: Given) -> Seeded:
        self._write_company(given.get("company") or {})
        for position, (slug, page) in enumerate((given.get("pages") or {}).items(), start=1):
            self._write_page(slug, page, position)
        galleries = given.get("galleries") or {}
        for slug, pictures in (galleries.get("shows") or {}).items():
            self._write_gallery(Show, ShowPicture, "show", slug, pictures)
        for slug, pictures in (galleries.get("venues") or {}).items():
            self._write_gallery(Venue, VenuePicture, "venue", slug, pictures)
        return self._seeded

    def _write_company(self, given: Given) -> None:
        if not given or Company.objects.exists():
            return
        self._save("company", _made("company", Company, given, pk=Company.ONLY))
        self._seeded.company = True

    def _write_page(self, slug: str, given: Given, position: int) -> None:
        if Page.objects.filter(slug=slug).exists():
            return
        texts = {name: value for name, value in given.items() if name != "pictures"}
        page = _made(slug, Page, texts, slug=slug, position=position, status=Page.Status.PUBLISHED)
        self._save(slug, page)
        self._seeded.pages.append(slug)
        for each in given.get("pictures") or ():
            self._save_picture(slug, PagePicture, each, page=page)

    def _write_gallery(
        self, owner: type[Show | Venue], model: type[Picture], name: str, slug: str, pictures: Sequence[Given]
    ) -> None:
        row = owner.objects.filter(slug=slug).first()
        if row is None or row.pictures.exists():
            return
        for position, each in enumerate(pictures, start=1):
            self._save_picture(slug, model, each, position=position, **{name: row})

    def _save_picture(self, where: str, model: type[Picture], given: Given, **place: Any) -> None:
        path = self._file.parent / str(given.get("file", ""))
        try:
            content = clean(path.read_bytes())
        except OSError as error:
            raise _refused(where, f"{path.name} cannot be read: {error.strerror}.") from None
        except RefusedError as refused:
            with translation.override("en"):
                raise _refused(where, f"{path.name}: {refused.message}") from None
        focus_x, focus_y = given.get("focus", (50, 50))
        texts = {name: value for name, value in given.items() if name not in ("file", "focus")}
        row = _made(where, model, texts, focus_x=focus_x, focus_y=focus_y, **place)
        row.image = ContentFile(content, name=path.name)
        self._save(where, row)
        self._seeded.pictures += 1

    @staticmethod
    def _save(where: str, row: Any) -> None:
        try:
            row.full_clean()
        except ValidationError as error:
            raise _refused(
                where, " ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
            ) from None
        row.save()


def _made(where: str, model: Any, texts: Given, **values: Any) -> Any:
    try:
        return model(**_in_columns(texts), **values)
    except TypeError as error:
        raise _refused(where, str(error)) from None


def _in_columns(given: Given) -> dict[str, str]:
    """`{title: {it: …, en: …}}` as `{title_it: …, title_en: …}`; what has no languages stays."""
    columns: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, dict):
            columns |= {f"{name}_{language}": text for language, text in value.items()}
        else:
            columns[name] = value
    return columns
