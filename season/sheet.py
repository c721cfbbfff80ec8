"""A sheet of poster paper: flat colours, curves and discs, in the poster's own units of 1000 × 1500.

Drawn three times as large and scaled down at the end, because Pillow's polygons have no antialiasing of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1000, 1500
SUPERSAMPLING = 3
STEPS_PER_CURVE = 32

Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """Where a shape drawn around (0, 0) goes: first scaled, then turned clockwise (degrees), then moved."""

    x: float = 0
    y: float = 0
    scale: float = 1
    stretch: float = 1
    """Widens the shape; a negative value mirrors it."""
    turn: float = 0

    def __call__(self, point: Point) -> Point:
        x, y = point[0] * self.scale * self.stretch, point[1] * self.scale
        angle = math.radians(self.turn)
        return (
            self.x + x * math.cos(angle) - y * math.sin(angle),
            self.y + x * math.sin(angle) + y * math.cos(angle),
        )


HERE = Place()


def bezier(points: list[Point]) -> Iterator[Point]:
    """The curve through its control points (de Casteljau), without its first point."""
    for step in range(1, STEPS_PER_CURVE + 1):
        t, row = step / STEPS_PER_CURVE, points
        while len(row) > 1:
            row = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in zip(row, row[1:], strict=False)]
        yield row[0]


def outline(path: str) -> list[Point]:
    """The points of a path written as in SVG, with absolute M, L, Q and C only; a shape closes by itself."""
    points: list[Point] = []
    for command in path.replace(",", " ").translate({ord(c): f"|{c} " for c in "MLQC"}).split("|")[1:]:
        letter, *numbers = command.split()
        values = [float(number) for number in numbers]
        pairs = list(zip(values[::2], values[1::2], strict=True))
        if letter in "ML":
            points += pairs
            continue
        size = 2 if letter == "Q" else 3
        for start in range(0, len(pairs), size):
            points += bezier([points[-1], *pairs[start : start + size]])
    return points


class Sheet:
    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SUPERSAMPLING, HEIGHT * SUPERSAMPLING), ground)
        self.pen = ImageDraw.Draw(self.image)

    def shape(self, path: str, fill: str, place: Place = HERE) -> None:
        self.polygon(outline(path), fill, place)

    def polygon(self, points: list[Point], fill: str, place: Place = HERE) -> None:
        self.pen.polygon([self._pixels(place(point)) for point in points], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0) -> None:
        corners = (*self._pixels((left, top)), *self._pixels((right, bottom)))
        self.pen.rounded_rectangle(corners, radius=radius * SUPERSAMPLING, fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        self.oval(x, y, radius, radius, fill)

    def oval(self, x: float, y: float, across: float, down: float, fill: str, turn: float = 0) -> None:
        circle = [(math.cos(math.tau * i / 180), math.sin(math.tau * i / 180)) for i in range(180)]
        self.polygon(circle, fill, Place(x, y, scale=down, stretch=across / down, turn=turn))

    def line(self, path: str, fill: str, width: float, place: Place = HERE) -> None:
        """A stroke with round ends."""
        points = [place(point) for point in outline(path)]
        pixels = [self._pixels(point) for point in points]
        self.pen.line(pixels, fill=fill, width=round(width * SUPERSAMPLING), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, fill)

    def save(self, path: Path) -> None:
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(path, "WEBP", quality=90, method=6)

    @staticmethod
    def _pixels(point: Point) -> Point:
        return point[0] * SUPERSAMPLING, point[1] * SUPERSAMPLING
