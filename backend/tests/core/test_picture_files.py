"""Files of pictures and the rows that name them stay together."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from azionelab.core.picture_files import Tidied, tidy_pictures
from azionelab.core.pictures import clean, names_with_renditions
from azionelab.programme.models import ShowPicture
from tests.cast import make_show
from tests.pictures import opened, photograph

pytestmark = pytest.mark.django_db
TWO_DAYS = 2 * 24 * 60 * 60


def names(settings: object) -> set[str]:
    media = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def age(settings: object) -> None:
    """All files were written two days ago."""
    for name in names(settings):
        moment = time.time() - TWO_DAYS
        os.utime(Path(settings.MEDIA_ROOT, name), (moment, moment))


def add_picture() -> ShowPicture:
    picture = ShowPicture(show=make_show(), alt_it="x")
    picture.image = ContentFile(clean(photograph((900, 600))), name="foto.webp")
    picture.save()
    return picture


def test_what_a_row_names_stays(settings: object) -> None:
    picture = add_picture()
    age(settings)
    assert tidy_pictures() == Tidied()
    assert names(settings) == names_with_renditions(picture.image.name, picture.widths)


def test_long_name_is_cut(settings: object) -> None:
    picture = ShowPicture(show=make_show(), alt_it="x")
    picture.image = ContentFile(clean(photograph((900, 600))), name=f"{'prova-generale-' * 6}.webp")
    picture.save()
    assert len(picture.image.name) <= 100
    assert names(settings) == names_with_renditions(picture.image.name, picture.widths)


@pytest.mark.parametrize("gone", ["deleted", "replaced"])
def test_what_none_names_goes_after_a_day(settings: object, gone: str) -> None:
    picture = add_picture()
    before = names(settings)
    if gone == "deleted":
        picture.show.delete()
    else:
        picture.image = ContentFile(clean(photograph((800, 500))), name="foto.webp")
        picture.save()
    assert tidy_pictures() == Tidied()  # somebody may be looking at it
    age(settings)
    kept = names(settings) - before
    assert tidy_pictures(dry_run=True).removed == len(before)
    assert before <= names(settings)
    assert tidy_pictures().removed == len(before)
    assert names(settings) == kept


def test_old_posters_are_cleaned_and_get_their_sizes(settings: object) -> None:
    default_storage.save("posters/vecchia.JPG", ContentFile(photograph((1000, 1500))))
    show = make_show(poster="posters/vecchia.JPG", poster_alt_it="x")
    assert (show.poster_widths, tidy_pictures(dry_run=True)) == ([], Tidied(prepared=1))
    assert tidy_pictures() == Tidied(prepared=1)
    show.refresh_from_db()
    assert show.poster_widths == [320, 480, 640, 960]
    image = opened(Path(settings.MEDIA_ROOT, show.poster.name).read_bytes())
    assert (image.format, "exif" in image.info) == ("WEBP", False)
    assert tidy_pictures() == Tidied()
    age(settings)
    assert tidy_pictures() == Tidied(removed=1)


def test_what_cannot_be_read_is_counted_and_left(settings: object) -> None:
    add_picture()
    show = make_show(poster=default_storage.save("posters/persa.jpg", ContentFile(photograph())))
    default_storage.delete(show.poster.name)
    assert tidy_pictures() == Tidied(lost=1)
