"""Draws what the demo shows where a company has photographs: scenes, rooms, rehearsals. Into season/pictures/.

Run it again after changing a drawing:  .venv/bin/python season/draw_scenes.py  [name …]
"""

# ruff: noqa: E501 (an outline is one string, however long)
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from sheet import Place
from stage import HEIGHT, WIDTH, Stage

FOLDER = Path(__file__).parent / "pictures"
INK = "#070407"


def macbeth_corona() -> Stage:
    """Three figures and a crown held up in a red light."""
    stage = Stage("#120508", "#5a0f14")
    stage.lamp(750, (750, 840), 330, "#c81e2a")
    stage.lamp(260, (420, 880), 150, "#40222a")
    for x, height in ((520, 400), (985, 420)):
        stage.figure(x, 870, height, INK, dress=True)
    stage.figure(750, 850, 520, INK, arm=0.95)
    stage.shape("M-60 0 L-70 -70 L-34 -38 L0 -92 L34 -38 L70 -70 L60 0", "#e9b44a", Place(945, 300, 0.8, turn=8))
    stage.heads(985, "#040203")
    return stage


def macbeth_candela() -> Stage:
    """Lady Macbeth walks in her sleep with a candle."""
    stage = Stage("#0b0a14", "#1a1426")
    stage.glow((905, 455), 330, 330, "#e79a3c", strength=150, soft=120)
    stage.glow((905, 455), 70, 90, "#ffe3a0", strength=220, soft=26)
    stage.figure(740, 890, 560, "#110c16", dress=True, arm=0.35)
    stage.shape("M-12 0 L12 0 L12 -70 L-12 -70", "#e9dcc4", Place(925, 520, 1))
    stage.shape("M0 0 C-20 -26 -8 -46 0 -66 C8 -46 20 -26 0 0", "#fff3c4", Place(925, 452, 1), soft=2)
    return stage


def locandiera_tavola() -> Stage:
    """Mirandolina between two gentlemen at a laid table."""
    stage = Stage("#1a0d0a", "#6b3a16")
    stage.lamp(420, (520, 800), 260, "#e2a04a")
    stage.lamp(1090, (980, 800), 260, "#d9853a")
    stage.figure(470, 840, 470, INK)
    stage.figure(1060, 840, 480, INK)
    stage.figure(765, 830, 500, "#2c0c10", dress=True, arm=0.7)
    stage.shape("M-360 0 L360 0 L330 120 L-330 120", "#e8dcc8", Place(765, 790, 1), soft=3)
    for x in (560, 700, 860, 985):
        stage.shape("M-14 0 L14 0 L20 -52 L-20 -52", "#b54a2a", Place(x, 792, 0.9))
    stage.heads(990, "#0a0504")
    return stage


def locandiera_ventaglio() -> Stage:
    """A fan, opened, in a warm light."""
    stage = Stage("#0e2427", "#124046")
    stage.lamp(750, (750, 900), 380, "#e8b45a")
    for blade in range(-6, 7):
        fill = "#d8283f" if blade % 2 else "#f0c06a"
        stage.shape("M0 0 L-34 -430 C-20 -456 20 -456 34 -430", fill, Place(690, 800, 1, turn=blade * 9))
    stage.figure(1010, 900, 560, "#0b1517", dress=True)
    return stage


def sogno_bosco() -> Stage:
    """A wood of ribbons, and somebody with the ears of a donkey."""
    stage = Stage("#061a1c", "#0e4a3e", seed=4)
    for x, colour in ((330, "#2f9a7a"), (760, "#7fd0b0"), (1200, "#3a86a8")):
        stage.lamp(x, (x + 30, 860), 210, colour)
    for x in range(60, WIDTH, 120):
        stage.shape("M-12 0 C-40 -300 40 -600 -8 -1000 L14 -1000 C50 -600 -16 -300 16 0", "#04100f", Place(x, 930, 1))
    stage.figure(760, 890, 470, INK)
    for side in (-1, 1):
        stage.shape(
            "M0 0 C-30 -60 -26 -120 0 -150 C26 -120 24 -60 12 0", INK, Place(760 + side * 24, 440, 0.9, turn=side * 16)
        )
    stage.figure(1000, 880, 380, "#0a1f1c", dress=True, arm=0.8)
    return stage


def sala_grande() -> Stage:
    """The big room, full, before the curtain rises."""
    stage = Stage("#1b070a", "#7a1a20", seed=2)
    stage.polygon([(180, 80), (1320, 80), (1320, 660), (180, 660)], "#6b0f1a", soft=3)
    for x in range(180, 1320, 57):
        stage.polygon([(x, 80), (x + 22, 80), (x + 26, 660), (x - 4, 660)], "#8c1824", soft=7)
    stage.polygon([(120, 0), (1380, 0), (1380, 92), (120, 92)], "#b98a3a", soft=3)
    stage.glow((750, 640), 620, 90, "#f0b860", strength=130)
    for row, (y, size, gap) in enumerate(((720, 30, 84), (800, 40, 104), (910, 54, 138))):
        stage.heads(y, ("#16070a", "#100507", "#080304")[row], size=size, gap=gap)
    return stage


def cantina() -> Stage:
    """Under the vaults: barrels, a small stage, one lamp."""
    stage = Stage("#1d1009", "#5b3216", seed=3)
    stage.lamp(760, (760, 760), 240, "#f0b45c", soft=36)
    for x in (-60, 520, 1100):
        arch = "M0 700 C0 150 460 150 460 700 L400 700 C400 240 60 240 60 700"
        stage.shape(arch, "#3a1f10", Place(x, 60, 1), soft=4)
    for x, y in ((140, 820), (320, 850), (1240, 820), (1400, 850)):
        stage.shape("M-90 -110 C-120 -40 -120 40 -90 110 L90 110 C120 40 120 -40 90 -110", "#4a2712", Place(x, y, 1))
        for band in (-60, 60):
            stage.shape(f"M-108 {band - 7} L108 {band - 7} L108 {band + 7} L-108 {band + 7}", "#1c0f08", Place(x, y, 1))
    stage.figure(760, 800, 300, INK)
    stage.heads(940, "#0c0604", size=52, gap=132)
    return stage


def oratorio() -> Stage:
    """The chapel by day: a tall window, chairs in rows."""
    stage = Stage("#cbb89a", "#efe3c8")
    stage.shape("M600 900 L600 330 C600 130 900 130 900 330 L900 900", "#fdf6e2", soft=4)
    stage.glow((750, 500), 420, 420, "#fff6da", strength=120, soft=140)
    for x in (700, 800):
        stage.polygon([(x - 5, 200), (x + 5, 200), (x + 5, 900), (x - 5, 900)], "#a9895c", soft=2)
    for x in (120, 1290):
        stage.polygon([(x, 0), (x + 90, 0), (x + 90, HEIGHT), (x, HEIGHT)], "#b39a74", soft=5)
    for row, y in enumerate((730, 810, 910)):
        width = 62 + row * 16
        for x in range(60, WIDTH, int(width * 1.55)):
            stage.shape(
                f"M0 0 L{width} 0 L{width} {-width * 1.1} L0 {-width * 1.1}",
                ("#7a5a34", "#5d4325", "#3a2916")[row],
                Place(x, y, 1),
            )
    return stage


def prove() -> Stage:
    """A rehearsal: people in a circle of light, a script in a hand, a ladder."""
    stage = Stage("#141416", "#3a3a40", seed=5)
    stage.lamp(560, (620, 830), 330, "#d8d0b8")
    stage.lamp(1120, (1040, 850), 220, "#6a7a90")
    for x in (1210, 1330):
        stage.polygon([(x, 240), (x + 16, 240), (x + 46, 900), (x + 28, 900)], "#08080a")
    for y in range(320, 880, 90):
        stage.polygon([(1218, y), (1350, y), (1352, y + 12), (1218, y + 12)], "#08080a")
    stage.figure(480, 860, 470, INK, arm=0.1)
    stage.figure(700, 850, 440, "#0c0c10", dress=True)
    stage.figure(890, 880, 480, INK)
    stage.shape("M-40 0 L40 -10 L36 -96 L-44 -86", "#efe8d4", Place(960, 640, 0.8))
    return stage


def laboratorio() -> Stage:
    """A workshop: two pairs who mirror each other, one who watches, the morning through the windows."""
    stage = Stage("#d9c7a6", "#f3e6c6", seed=6)
    for x in (130, 560, 990):
        stage.polygon([(x, 90), (x + 300, 90), (x + 300, 520), (x, 520)], "#fff9e6", soft=5)
        stage.polygon([(x + 145, 90), (x + 157, 90), (x + 157, 520), (x + 145, 520)], "#b79c6c", soft=2)
    stage.glow((750, 400), 700, 300, "#fff4d0", strength=90, soft=150)
    for x, height, fill, arm, turned in (
        (260, 430, "#7a1a24", 0.2, False), (560, 420, "#1f4a4c", 0.2, True), (730, 450, "#2a2230", None, False),
        (930, 400, "#b3702a", 0.0, False), (1230, 440, "#33502f", 0.0, True),
    ):  # fmt: skip
        stage.figure(x, 900, height, fill, dress=x in (560, 930), arm=arm, turned=turned)
    return stage


def compagnia() -> Stage:
    """The company takes its bow."""
    stage = Stage("#1a060a", "#8a2a1e", seed=7)
    stage.curtains("#7a1420", "#4c0c14")
    for x in (360, 750, 1140):
        stage.lamp(x, (750 + (x - 750) * 0.7, 830), 260, "#f0c47a")
    for index, x in enumerate(range(330, 1240, 140)):
        stage.figure(
            x, 850 + (index % 2) * 14, 400 + (index * 37) % 60, INK, dress=index % 2 == 1, arm=0.0 if x < 1100 else None
        )
    stage.heads(985, "#060203", size=50, gap=126)
    return stage


SCENES: dict[str, Callable[[], Stage]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        macbeth_corona, macbeth_candela, locandiera_tavola, locandiera_ventaglio, sogno_bosco, sala_grande, cantina,
        oratorio, prove, laboratorio, compagnia,
    )
}  # fmt: skip


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in names or SCENES:
        SCENES[name]().save(FOLDER / f"{name}.webp")


if __name__ == "__main__":
    main(sys.argv[1:])
