"""What the commands about the site's pages and pictures print, to the letter."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.cast import make_show
from tests.commands.transcripts import assert_transcript, printed
from tests.pictures import photograph

pytestmark = pytest.mark.django_db
WEBSITE = """
company: {tagline: {it: Teatro.}, email: biglietteria@teatro.example}
pages:
  chi-siamo: {title: {it: Chi siamo}, body: {it: Noi.}}
"""


@pytest.fixture
def left_over(settings: object) -> None:
    """An old poster without its sizes, one whose file is lost, and a file that nothing names."""
    for name in ("posters/vecchia.jpg", "posters/nessuno.jpg"):
        default_storage.save(name, ContentFile(photograph()))
        long_ago = time.time() - 10**6
        os.utime(Path(settings.MEDIA_ROOT, name), (long_ago, long_ago))
    make_show(poster="posters/vecchia.jpg")
    default_storage.save("posters/persa.jpg", ContentFile(photograph()))
    make_show(poster="posters/persa.jpg")
    default_storage.delete("posters/persa.jpg")


@pytest.mark.usefixtures("left_over")
def test_tidy_pictures() -> None:
    for name, arguments in (("tidy_pictures.dry_run", ["--dry-run"]), ("tidy_pictures", [])):
        text, ended = printed("tidy_pictures", *arguments)
        assert ended == 0
        assert_transcript(name, text)


def test_tidy_pictures_with_nothing_to_do() -> None:
    text, ended = printed("tidy_pictures")
    assert ended == 0
    assert_transcript("tidy_pictures.nothing", text)


@pytest.mark.parametrize(
    ("name", "text", "exit_code"),
    [("seed_website", WEBSITE, 0), ("seed_website.refused", WEBSITE.replace("title", "titolo"), 2)],
)
def test_seed_website(tmp_path: Path, name: str, text: str, exit_code: int) -> None:
    file = tmp_path / "website.yaml"
    file.write_text(text)
    out, ended = printed("seed_website", str(file))
    assert ended == exit_code
    assert_transcript(name, out)
