"""A stage seen from the stalls: darkness, lamps with their cones, figures before them, and the grain of a photograph.

In units of 1500 × 1000. Light is added, figures take it away; both have the soft edges that a lens gives them.
"""

# ruff: noqa: E501 (an outline is one string, however long)
from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from sheet import HERE, Place, Point, outline

WIDTH, HEIGHT = 1500, 1000


class Stage:
    def __init__(self, dark: str, warm: str = "#000000", seed: int = 1) -> None:
        """`dark` is the room, `warm` what the floor gives back of the light."""
        self.image = Image.new("RGB", (WIDTH, HEIGHT), dark)
        self._random = random.Random(seed)  # noqa: S311 (grain)
        self.glow((750, 980), 1100, 420, warm)

    def lamp(self, x: float, falls_at: Point, spread: float, colour: str, *, soft: float = 26) -> None:
        """A cone from above the proscenium to the floor, and the pool in which it ends."""
        floor_x, floor_y = falls_at
        mask = Image.new("L", (WIDTH, HEIGHT))
        pen = ImageDraw.Draw(mask)
        pen.polygon([(x - 14, -40), (x + 14, -40), (floor_x + spread, floor_y), (floor_x - spread, floor_y)], fill=96)
        self._add(mask.filter(ImageFilter.GaussianBlur(soft)), colour)
        self.glow(falls_at, spread * 1.05, spread * 0.3, colour, strength=150, soft=soft)

    def glow(
        self, at: Point, across: float, down: float, colour: str, *, strength: int = 110, soft: float = 90
    ) -> None:
        mask = Image.new("L", (WIDTH, HEIGHT))
        box = (at[0] - across, at[1] - down, at[0] + across, at[1] + down)
        ImageDraw.Draw(mask).ellipse(box, fill=strength)
        self._add(mask.filter(ImageFilter.GaussianBlur(soft)), colour)

    def shape(self, path: str, fill: str, place: Place = HERE, *, soft: float = 1.2) -> None:
        self.polygon([place(point) for point in outline(path)], fill, soft=soft)

    def polygon(self, points: list[Point], fill: str, *, soft: float = 1.2) -> None:
        mask = Image.new("L", (WIDTH * 2, HEIGHT * 2))
        ImageDraw.Draw(mask).polygon([(x * 2, y * 2) for x, y in points], fill=255)
        mask = mask.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(soft))
        self.image.paste(fill, mask=mask)

    def disc(self, x: float, y: float, radius: float, fill: str, *, soft: float = 1.2) -> None:
        k = radius * 0.5523
        self.shape(
            f"M{x - radius} {y} C{x - radius} {y - k} {x - k} {y - radius} {x} {y - radius} "
            f"C{x + k} {y - radius} {x + radius} {y - k} {x + radius} {y} "
            f"C{x + radius} {y + k} {x + k} {y + radius} {x} {y + radius} "
            f"C{x - k} {y + radius} {x - radius} {y + k} {x - radius} {y}",
            fill,
            soft=soft,
        )

    def figure(
        self,
        x: float,
        y: float,
        height: float,
        fill: str,
        *,
        dress: bool = False,
        arm: float | None = None,
        turned: bool = False,
    ) -> None:
        """Somebody standing at (x, y), in a coat or a dress; `arm` is how high one hand is raised (0 to 1)."""
        scale = height / 520
        stretch = -1 if turned else 1
        coat = "M-70 0 C-78 -200 -92 -330 -58 -420 C-40 -440 40 -440 58 -420 C92 -330 78 -200 70 0"
        gown = "M-140 0 C-110 -160 -60 -230 -52 -300 C-62 -350 -60 -400 -46 -424 L46 -424 C60 -400 62 -350 52 -300 C60 -230 110 -160 140 0"
        self.shape(gown if dress else coat, fill, Place(x, y, scale))
        self.disc(x, y - 470 * scale, 40 * scale, fill)
        self.shape("M-16 -420 L16 -420 L14 -450 L-14 -450", fill, Place(x, y, scale))
        if arm is not None:
            hand = (170, -360 - 190 * arm)
            path = f"M40 -410 C90 -{400} {hand[0] - 50} {hand[1] + 20} {hand[0]} {hand[1] - 12} L{hand[0] + 8} {hand[1] + 14} C{hand[0] - 30} {hand[1] + 60} 100 -340 52 -330"
            self.shape(path, fill, Place(x, y, scale, stretch=stretch))

    def heads(self, y: float, fill: str, *, size: float = 46, gap: float = 118) -> None:
        """A row of the audience, from behind."""
        x = -40.0
        while x < WIDTH + 80:
            off, tall = self._random.uniform(-18, 18), self._random.uniform(-16, 16)
            self.disc(x + off, y + tall, size, fill, soft=2.5)
            shoulders = "M-95 140 C-90 40 -50 18 0 18 C50 18 90 40 95 140"
            self.shape(shoulders, fill, Place(x + off, y + tall + 18, size / 46), soft=2.5)
            x += gap

    def curtains(self, colour: str, shade: str, *, wide: float = 190) -> None:
        """Both wings, in folds."""
        for side in (1, -1):
            for fold in range(7):
                left = fold * wide / 7
                width = wide / 7 * 0.62
                edge = [(left, 0), (left + width, 0), (left + width + 8, HEIGHT), (left - 6, HEIGHT)]
                for points, fill in (
                    ([(left, 0), (left + wide / 7 + 4, 0), (left + wide / 7 + 10, HEIGHT), (left, HEIGHT)], shade),
                    (edge, colour),
                ):
                    self.polygon([(x, y) if side == 1 else (WIDTH - x, y) for x, y in points], fill, soft=5)

    def save(self, path: Path) -> None:
        noise = Image.effect_noise((WIDTH, HEIGHT), 20).convert("RGB")
        grain = ImageChops.overlay(self.image, noise)
        Image.blend(self.image, grain, 0.35).save(path, "WEBP", quality=82, method=6)

    def _add(self, mask: Image.Image, colour: str) -> None:
        light = Image.new("RGB", (WIDTH, HEIGHT), colour)
        black = Image.new("RGB", (WIDTH, HEIGHT))
        self.image = ImageChops.screen(self.image, Image.composite(light, black, mask))
