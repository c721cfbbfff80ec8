"""The first pages and pictures of a new site."""

from pathlib import Path

import pytest

from azionelab.company.models import Company, Page
from azionelab.core.errors import DomainError
from azionelab.programme.models import ShowPicture
from azionelab.website.seeding import seed_website
from tests.cast import make_show
from tests.pictures import photograph

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[3] / "season" / "website.yaml"
SMALL = """
company: {tagline: {it: Teatro., en: Theatre.}, email: a@theatre.example}
pages:
  chi-siamo:
    title: {it: Chi siamo}
    body: {it: "![](noi)"}
    pictures: [{name: noi, file: noi.jpg, alt: {it: Noi}}]
galleries:
  shows:
    macbeth: [{file: noi.jpg, alt: {it: Noi}, focus: [10, 20]}]
    nessuno: [{file: noi.jpg, alt: {it: Noi}}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "noi.jpg").write_bytes(photograph())
    path = tmp_path / "website.yaml"
    path.write_text(SMALL)
    return path


def test_demo_has_its_pages_and_pictures() -> None:
    for slug in ("macbeth", "la-locandiera", "sogno"):
        make_show(slug=slug)
    seeded = seed_website(file=DEMO)
    assert (seeded.company, seeded.pictures) == (True, 8)
    assert [page.slug for page in Page.objects.all()] == seeded.pages
    for page in Page.objects.all():
        assert all((page.title_en, page.body_en, page.lead_en))
        assert page.pictures.count() == page.body_it.count("![](") == page.body_en.count("![](")


def test_what_is_there_stays(file: Path) -> None:
    show = make_show(slug="macbeth")
    first = seed_website(file=file)
    assert (first.company, first.pages, first.pictures) == (True, ["chi-siamo"], 2)
    assert ShowPicture.objects.get(show=show).focus_y == 20
    Page.objects.update(title_it="Noi due")
    second = seed_website(file=file)
    assert (second.company, second.pages, second.pictures) == (False, [], 0)
    assert Page.objects.get().title_it == "Noi due"


def test_dry_run_writes_nothing(file: Path) -> None:
    assert seed_website(file=file, dry_run=True).pages == ["chi-siamo"]
    assert not Page.objects.exists()
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("", "says nothing"),
        ("pages: [", "not YAML"),
        (SMALL.replace("title:", "titel:"), "titel"),
        (SMALL.replace("noi.jpg, alt", "loro.jpg, alt", 1), "loro.jpg cannot be read"),
        (SMALL.replace("noi.jpg, alt", "website.yaml, alt", 1), "no JPEG, PNG or WebP"),
        (SMALL.replace("a@theatre.example", "nobody"), "email"),
    ],
)
def test_what_cannot_stand_on_the_site_is_refused_whole(file: Path, broken: str, said: str) -> None:
    file.write_text(broken)
    with pytest.raises(DomainError) as refused:
        seed_website(file=file)
    assert said in refused.value.errors[0].message
    assert not Page.objects.exists()
