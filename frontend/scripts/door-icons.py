"""Draws the door app's icons: the curtain of its favicon, on the colours of the theme.

    .venv/bin/python frontend/scripts/door-icons.py

The colours are those of projects/shared/theme in the dark: surface-container and primary.
"""

from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parents[1] / "projects" / "door" / "public" / "icons"
GROUND, CURTAIN = "#221b18", "#ffb3b4"
_OVERSAMPLING = 8
# In the favicon's own units: 32 by 32.
_RAIL = [(4, 5), (28, 5), (28, 8), (4, 8)]
_LEFT = ((5, 8), (14, 8), (14, 17), (11, 24), (5, 27))
# On a maskable icon only a circle of 80 % is sure to be seen; the curtain's corners stay inside it.
_MASKABLE = 0.62


def bezier(start: tuple[float, float], *rest: tuple[float, float], steps: int = 48) -> list[tuple[float, float]]:
    """Points of a cubic curve."""
    (x0, y0), ((x1, y1), (x2, y2), (x3, y3)) = start, rest
    points = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points


def draw(size: int, *, scale: float = 1.0, corners: float = 0.0) -> Image.Image:
    side = size * _OVERSAMPLING
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side, side), radius=corners * side, fill=GROUND)
    left = [_LEFT[0], *bezier(*_LEFT[1:])]
    for shape in (_RAIL, left, [(32 - x, y) for x, y in left]):
        places = [[side * (0.5 + scale * (at - 16) / 32) for at in point] for point in shape]
        pen.polygon([(x, y) for x, y in places], CURTAIN)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    ICONS.mkdir(exist_ok=True)
    for name, icon in {
        "192.png": draw(192, corners=6 / 32),
        "512.png": draw(512, corners=6 / 32),
        "full.png": draw(512, scale=_MASKABLE).convert("RGB"),
        # iOS rounds the corners itself, and shows transparent ones black.
        "apple.png": draw(180, scale=0.85).convert("RGB"),
    }.items():
        icon.quantize(32).save(ICONS / name, optimize=True)


if __name__ == "__main__":
    main()
