"""Films for Chromium's fake camera: QR codes as a volunteer's phone sees them, on paper, cracked, in the dark.

A film is motion JPEG, nothing but JPEG pictures one after another; Chromium shows 30 a second and begins again at
the end. The flags are per launch, so each film needs a browser of its own.
"""

import io
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

FRAMES_A_SECOND = 30
SIZE = (1280, 720)
_CODE_PIXELS = 420
_CELLAR = (34, 28, 25)


def launch_flags(film: Path) -> list[str]:
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


def write_film(path: Path, scenes: Iterable[tuple[Image.Image, float]]) -> Path:
    """Each picture stays for its seconds; the pictures must all have one size."""
    with path.open("wb") as film:
        for picture, seconds in scenes:
            frame = io.BytesIO()
            picture.save(frame, "JPEG", quality=85)
            film.write(frame.getvalue() * max(1, round(seconds * FRAMES_A_SECOND)))
    return path


def code(text: str, pixels: int = _CODE_PIXELS) -> Image.Image:
    """A QR code as the tickets have it: error correction M, four modules of quiet zone."""
    drawn = segno.make_qr(text, error="m")
    modules = Image.new("L", drawn.symbol_size(border=4), 255)
    rows = drawn.matrix_iter(border=4)
    modules.putdata([0 if dark else 255 for row in rows for dark in row])
    return modules.resize((pixels, pixels), Image.Resampling.NEAREST).convert("RGB")


def nobody() -> Image.Image:
    """The queue between two guests: shapes in the dark, and nothing to read."""
    return _with_noise(Image.new("RGB", SIZE, _CELLAR), 60).filter(ImageFilter.GaussianBlur(6))


def scene(text: str, variant: str = "clean") -> Image.Image:
    """One of VARIANTS of the code, held in front of a phone in the cellar."""
    return VARIANTS[variant](text)


def on_another_screen(picture: Image.Image) -> Image.Image:
    """A screenshot, held up."""
    return _held(picture.convert("RGB").resize((500, round(500 * picture.height / picture.width))))


def _clean(text: str) -> Image.Image:
    return _held(code(text))


def _blurred(text: str) -> Image.Image:
    """Out of focus by about half a module."""
    return _held(code(text)).filter(ImageFilter.GaussianBlur(4))


def _dim(text: str) -> Image.Image:
    """The only light is the exit sign: a sixth of the brightness, and the noise of a small sensor."""
    return _with_noise(_held(code(text)).point(lambda value: 14 + value // 6), 10)


def _tilted(text: str) -> Image.Image:
    """A phone leaning back by 40 degrees and turned by 20."""
    return _in_perspective(_held(code(text, 500)), turn=40, roll=20)


def _inverted(text: str) -> Image.Image:
    """A mail in dark mode: light modules on a dark screen."""
    return _held(ImageOps.invert(code(text)), paper=(12, 12, 14))


def _damaged(text: str) -> Image.Image:
    """Behind a cracked glass with a thumb's smear on it."""
    picture = code(text)
    draw, random = ImageDraw.Draw(picture), Random("a cracked phone")
    centre = (_CODE_PIXELS * 0.62, _CODE_PIXELS * 0.7)
    for _ in range(7):
        angle, length = random.uniform(0, math.tau), random.uniform(0.5, 0.8) * _CODE_PIXELS
        end = (centre[0] + math.cos(angle) * length, centre[1] + math.sin(angle) * length)
        draw.line([centre, end], fill=(170, 170, 175), width=3)
    x, y = centre
    draw.ellipse([x - 28, y - 28, x + 28, y + 28], fill=(120, 110, 105))
    return _held(picture)


def _paper(text: str) -> Image.Image:
    """Printed at home, a hand's shadow across it, held a little askew."""
    sheet = _held(code(text, 340), paper=(236, 232, 222))
    shadow = Image.linear_gradient("L").rotate(90).resize(SIZE).point(lambda value: 90 + value * 165 // 255)
    return ImageChops.multiply(sheet, Image.merge("RGB", (shadow,) * 3)).rotate(7, fillcolor=_CELLAR)


def _far(text: str) -> Image.Image:
    """At arm's length from a tall guest: four pixels a module."""
    return _held(code(text, 180))


VARIANTS: dict[str, Callable[[str], Image.Image]] = {
    "clean": _clean,
    "blurred": _blurred,
    "dim": _dim,
    "tilted": _tilted,
    "inverted": _inverted,
    "damaged": _damaged,
    "paper": _paper,
    "far": _far,
}


def _held(picture: Image.Image, paper: tuple[int, int, int] = (250, 250, 250)) -> Image.Image:
    """The code on a screen or a sheet, in the middle of a dark room."""
    room = nobody()
    width, height = SIZE
    x, y = (width - picture.width) // 2, (height - picture.height) // 2
    ImageDraw.Draw(room).rounded_rectangle([x - 40, y - 70, width - x + 40, height - y + 70], 24, fill=paper)
    room.paste(picture, (x, y))
    return room


def _with_noise(picture: Image.Image, strength: float) -> Image.Image:
    noise = Image.effect_noise(picture.size, strength).convert("RGB")
    return ImageChops.add(picture, noise, scale=1, offset=-128)


def _in_perspective(picture: Image.Image, turn: float, roll: float) -> Image.Image:
    """The picture on a plane that is turned about its upright axis, seen from twice its width away."""
    width, height = picture.size
    centre_x, centre_y, distance = width / 2, height / 2, 2.0 * width
    turned, rolled = math.radians(turn), math.radians(roll)
    # A ray through the pixel (x, y) meets the plane where z = x' tan(turn); Pillow asks for that
    # point as (a x + b y + c) / (g x + h y + 1), each pixel of the result looked up in the source.
    slope = math.tan(turned) / distance
    across = (math.cos(rolled) / math.cos(turned), math.sin(rolled) / math.cos(turned))
    down = (-math.sin(rolled), math.cos(rolled))
    lean = (math.cos(rolled) * slope, math.sin(rolled) * slope)
    scale = 1 - lean[0] * centre_x - lean[1] * centre_y
    coefficients = [
        value / scale
        for direction, middle in ((across, centre_x), (down, centre_y))
        for value in (
            direction[0] + middle * lean[0],
            direction[1] + middle * lean[1],
            -direction[0] * centre_x - direction[1] * centre_y + middle * scale,
        )
    ]
    coefficients += [lean[0] / scale, lean[1] / scale]
    return picture.transform(
        SIZE, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC, fillcolor=_CELLAR
    )
