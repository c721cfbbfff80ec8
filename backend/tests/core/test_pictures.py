"""What becomes of a picture that somebody uploads."""

import random
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from PIL import Image

from azionelab.core import pictures
from azionelab.core.pictures import LONGEST_SIDE, Refusal, RefusedError, clean, keep, names_with_renditions
from tests.pictures import bomb, encoded, halves, opened, photograph


def refusal(content: bytes) -> Refusal:
    with pytest.raises(RefusedError) as refused:
        clean(content)
    return refused.value.refusal


def test_what_a_phone_wrote_into_it_is_gone() -> None:
    source = photograph()
    assert b"Fonino" in source
    cleaned = clean(source)
    image = opened(cleaned)
    assert (image.format, image.size, image.mode) == ("WEBP", (600, 400), "RGB")
    assert {"exif", "icc_profile", "xmp"} & image.info.keys() == set()
    assert b"Fonino" not in cleaned


@pytest.mark.parametrize(("orientation", "size", "red"), [(1, (600, 400), (10, 200)), (6, (400, 600), (200, 10))])
def test_it_stands_upright(orientation: int, size: tuple[int, int], red: tuple[int, int]) -> None:
    image = opened(clean(photograph(orientation=orientation)))
    assert image.size == size
    assert image.getpixel(red)[0] > 150


def test_wide_colours_become_those_of_the_web() -> None:
    """A profile in which red and blue are exchanged: unread, the picture would be blue on the left."""
    image = halves()
    swapped = encoded(image.convert("CMYK"), "JPEG", quality=95)
    assert opened(clean(swapped)).getpixel((10, 200))[0] > 150


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    image = Image.new("I;16", (40, 30), 40_000) if mode == "I;16" else halves((40, 30)).convert(mode)
    assert opened(clean(encoded(image, "PNG"))).size == (40, 30)


def test_what_is_seen_through_stays_so() -> None:
    assert opened(clean(encoded(Image.new("RGBA", (40, 30), (255, 0, 0, 0)), "PNG"))).getpixel((5, 5))[3] == 0


def test_large_ones_are_made_smaller_and_keep_their_shape() -> None:
    image = opened(clean(photograph((5000, 2500))))
    assert image.size == (pictures.LONGEST_SIDE, pictures.LONGEST_SIDE // 2)


def test_clean_ones_stay_as_they_are() -> None:
    cleaned = clean(photograph())
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("more", [b"PK\x03\x04 a zip", b"<script>alert(1)</script>"])
def test_nothing_is_kept_behind_the_end(more: bytes) -> None:
    for content in (clean(photograph()), photograph()):
        assert more not in clean(content + more)


def test_nothing_is_kept_between_its_parts() -> None:
    """A part that the header does not announce: no reader shows it, but it would be published."""
    body = clean(photograph())[8:] + b"EXIF" + (9).to_bytes(4, "little") + b"secretGPS\0"
    hidden = b"RIFF" + len(body).to_bytes(4, "little") + body
    assert "exif" not in opened(hidden).info
    cleaned = clean(hidden)
    assert b"secretGPS" not in cleaned
    assert clean(cleaned) == cleaned


def test_grey_of_a_scanner_stays_grey() -> None:
    red, *_ = opened(clean(encoded(Image.new("I;16", (40, 30), 30_000), "PNG"))).getpixel((20, 15))
    assert abs(red - 30_000 // 256) < 4


def test_fine_lines_of_a_palette_are_mixed_and_not_left_out() -> None:
    lines = Image.new("1", (LONGEST_SIDE * 2, 8))
    for x in range(0, lines.width, 2):
        lines.paste(1, (x, 0, x + 1, 8))
    red, *_ = opened(clean(encoded(lines.convert("P"), "PNG"))).getpixel((LONGEST_SIDE // 2, 2))
    assert 80 < red < 175


def test_jpeg_that_is_whole_in_memory_may_have_fewer_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 200_000)
    assert opened(clean(encoded(halves(), "JPEG"))).size == (600, 400)
    assert refusal(encoded(halves(), "JPEG", progressive=True)) is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<script>",
        b"GIF89a" + bytes(60),
        b"\x00\x00\x00\x18ftypheic" + bytes(60),
        b"%PDF-1.7",
        b"<svg xmlns='x'/>",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert refusal(content) == Refusal.NOT_A_PICTURE


def test_bombs_are_refused_before_they_go_off() -> None:
    assert len(bomb()) < 1_000
    assert refusal(bomb()) == Refusal.TOO_MANY_PIXELS
    assert refusal(bomb(5_001, 5_000)) == Refusal.TOO_MANY_PIXELS


def test_large_files_are_not_even_opened() -> None:
    assert refusal(photograph() + bytes(pictures.MAX_PICTURE_BYTES)) == Refusal.TOO_LARGE


def test_cut_and_damaged_ones_are_refused_or_made_whole(rng: random.Random) -> None:
    """Whatever is broken in it: either there is a picture afterwards, or it was refused; nothing else comes out."""
    sources = [photograph(), encoded(halves(), "PNG"), encoded(halves(), "WEBP")]
    outcomes = set()
    for _ in range(150):
        content = bytearray(rng.choice(sources))
        if rng.random() < 0.5:
            content = content[: rng.randrange(1, len(content))]
        for _ in range(rng.randrange(6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        try:
            opened(clean(bytes(content)))
            outcomes.add("kept")
        except RefusedError:
            outcomes.add("refused")
    assert outcomes == {"kept", "refused"}


def test_renditions_are_made_from_the_narrowest_up(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path / "media")
    widths = keep(storage, "posters/macbeth-1.webp", clean(photograph((1000, 1500))))
    assert widths == [320, 480, 640, 960]
    names = names_with_renditions("posters/macbeth-1.webp", widths)
    media = tmp_path / "media"
    assert {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()} == names
    for width in widths:
        with Image.open(media / f"posters/macbeth-1.{width}.webp") as image:
            assert image.size == (width, width * 3 // 2)


def test_chats_get_the_whole_poster(tmp_path: Path) -> None:
    keep(FileSystemStorage(tmp_path), "a.webp", clean(encoded(Image.new("RGB", (400, 600), "#00ff00"), "PNG")))
    shared = opened((tmp_path / "a.share.jpg").read_bytes())
    assert (shared.format, shared.size) == ("JPEG", pictures.SHARE_SIZE)
    green = [shared.getpixel((600, y))[1] for y in (3, 315, 626)]
    assert min(green) > 230  # from top to bottom
    assert shared.getpixel((20, 315))[1] < 200  # beside it, darker


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    storage, content = FileSystemStorage(tmp_path), clean(photograph((700, 500)))
    first = keep(storage, "a.webp", content)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert keep(storage, "a.webp", content) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
