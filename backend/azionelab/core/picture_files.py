"""Keeps the files of pictures and the rows that name them together.

A picture that was replaced, or whose row was deleted, leaves its files: somebody may be looking at a page with it, and
a transaction that is rolled back must find them again. By night nobody does, and whoever asked for a photograph to be
taken down was promised that it goes. What was uploaded within a day stays: its row may be on its way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from azionelab.core.pictures import WIDTHS, PictureField, RefusedError, clean, names_with_renditions

KEPT = timedelta(days=1)


@dataclass(kw_only=True)
class Tidied:
    """`prepared` pictures got their renditions, `removed` files that no row names; `lost` cannot be read."""

    prepared: int = 0
    removed: int = 0
    lost: int = 0


def tidy_pictures(*, dry_run: bool = False) -> Tidied:
    """Removes what is no longer named, and prepares what came without renditions (before there were any)."""
    tidied = Tidied()
    for name in list(_unnamed()):
        if not dry_run:
            default_storage.delete(name)
        tidied.removed += 1
    for field, row in list(_unprepared()):
        if _prepare(field, row, dry_run=dry_run):
            tidied.prepared += 1
        else:
            tidied.lost += 1
    return tidied


def _fields() -> Iterator[PictureField]:
    for model in apps.get_models():
        yield from (field for field in model._meta.get_fields() if isinstance(field, PictureField))


def _unprepared() -> Iterator[tuple[PictureField, models.Model]]:
    for field in _fields():
        rows = field.model._default_manager.exclude(**{field.name: ""}).filter(**{field.widths_field: []})
        # One as narrow as the narrowest rendition has none.
        for row in rows.exclude(**{f"{field.width_field}__lte": min(WIDTHS)}).order_by("pk"):
            yield field, row


def _prepare(field: PictureField, row: models.Model, *, dry_run: bool) -> bool:
    """Puts the cleaned picture in the place of the one that was uploaded; False where that cannot be read."""
    file = getattr(row, field.name)
    try:
        with file.storage.open(file.name) as stored:
            content = clean(stored.read())
    except (OSError, RefusedError):
        return False
    if not dry_run:
        with transaction.atomic():
            locked = field.model._default_manager.select_for_update(no_key=True).get(pk=row.pk)
            if getattr(locked, field.name).name == file.name:
                setattr(locked, field.name, ContentFile(content, name=file.name))
                columns = (field.name, field.widths_field, field.width_field, field.height_field)
                locked.save(update_fields=[column for column in columns if column])
    return True


def _unnamed() -> Iterator[str]:
    named: set[str] = set()
    for field in _fields():
        for name, widths in field.model._default_manager.values_list(field.name, field.widths_field):
            named |= names_with_renditions(name, widths) if name else set()
    long_ago = timezone.now() - KEPT
    for folder in sorted({str(field.upload_to).strip("/") for field in _fields()}):
        if not default_storage.exists(folder):
            continue
        for file in sorted(default_storage.listdir(folder)[1]):
            name = f"{folder}/{file}"
            if name not in named and default_storage.get_modified_time(name) < long_ago:
                yield name
