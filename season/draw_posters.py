"""Draws the posters of the demo season, one bold idea each, into season/posters/.

Run it again after changing a drawing:  .venv/bin/python season/draw_posters.py  [slug …]
"""

# ruff: noqa: E501 (an outline is one string, however long)
from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from sheet import Place, Sheet

FOLDER = Path(__file__).parent / "posters"
HEART = "M0 90 C-120 0 -100 -90 -50 -90 C-20 -90 0 -65 0 -45 C0 -65 20 -90 50 -90 C100 -90 120 0 0 90"
BLACK = "#17141a"
CREAM = "#f6ecd9"


def la_locandiera() -> Sheet:
    """A key to a heart; its bit is the profile of a gentleman in a tricorn."""
    sheet, brass = Sheet("#0d5257"), "#f3b23c"
    sheet.shape(HEART, brass, Place(470, 400, 3.3))
    sheet.shape(HEART, "#d8283f", Place(470, 392, 2.3))
    sheet.box(425, 640, 515, 1390, brass, radius=40)
    sheet.box(375, 690, 565, 735, brass, radius=22)
    sheet.box(395, 755, 545, 785, brass, radius=15)
    face = (
        "M500 1010 L690 1010 C700 1040 702 1060 700 1080 C720 1110 752 1140 768 1166 C770 1180 750 1186 716 1186"
        "C716 1198 722 1206 740 1214 C742 1224 734 1228 722 1232 C734 1240 738 1250 726 1262 C712 1270 710 1274 716 1290"
        "C718 1320 690 1334 650 1330 L500 1330"
    )
    sheet.shape(face, brass)
    sheet.shape("M470 1010 C560 1030 700 1040 830 975 C800 940 740 900 700 880 C640 850 560 860 470 930", BLACK)
    sheet.shape("M515 1030 C570 1045 590 1030 590 1030 L590 1130 C560 1150 530 1150 515 1130", "#0d5257")
    sheet.oval(655, 1090, 17, 11, "#0d5257", turn=-10)
    sheet.shape("M-60 0 C-30 -24 30 -24 60 0", CREAM, Place(632, 948, 1, turn=6))
    return sheet


def sei_personaggi() -> Sheet:
    """Six people in the light of an empty stage, each with a mask for a face."""
    sheet = Sheet("#c4161c")
    sheet.shape("M470 0 L530 0 L1010 1240 L-10 1240", CREAM)
    sheet.oval(500, 1240, 510, 130, CREAM)
    coat = "M-78 0 C-84 -330 -74 -420 -44 -452 L44 -452 C74 -420 84 -330 78 0"
    skirt = "M-130 0 C-110 -200 -70 -330 -52 -452 L52 -452 C70 -330 110 -200 130 0"
    cast = [
        (coat, 110, 1130, 1.08, "flat"), (skirt, 290, 1160, 1.12, "sad"), (coat, 440, 1240, 0.66, "sad"),
        (skirt, 560, 1270, 0.5, "open"), (skirt, 715, 1160, 1.18, "smile"), (coat, 896, 1130, 1.14, "flat"),
    ]  # fmt: skip
    for _, x, y, scale, _ in cast:
        sheet.polygon(
            [(x - 80 * scale, y - 6), (x + 80 * scale, y - 6), (x * 1.9 - 450 + 90, 1500), (x * 1.9 - 450 - 90, 1500)],
            "#8f0f14",
        )
    for body, x, y, scale, mood in cast:
        sheet.shape(body, BLACK, Place(x, y, scale, stretch=0.92))
        sheet.disc(x, y - 500 * scale, 74 * scale, BLACK)
        _mask(sheet, Place(x, y - 498 * scale, scale), mood)
    return sheet


def _mask(sheet: Sheet, place: Place, mood: str) -> None:
    sheet.shape("M-48 -50 C-20 -62 20 -62 48 -50 C56 10 30 62 0 66 C-30 62 -56 10 -48 -50", "#fffaf0", place)
    for side in (-1, 1):
        sheet.oval(*place((side * 20, -12)), 11 * place.scale, 6 * place.scale, BLACK, turn=side * 12)
    mouths = {
        "flat": "M-14 34 L14 34",
        "sad": "M-16 40 Q0 22 16 40",
        "smile": "M-18 28 Q0 48 18 28",
        "open": "M0 30 L0 38",
    }
    sheet.line(mouths[mood], "#c4161c", 7 * place.scale, place)


def sogno() -> Sheet:
    """Bottom, an ass crowned with flowers, asleep in front of the moon."""
    sheet, coat, dark = Sheet("#101d42"), "#3f4a7d", "#2b3361"
    stars = random.Random(7)  # noqa: S311 - the same sky at every run
    for _ in range(70):
        sheet.disc(stars.uniform(20, 980), stars.uniform(20, 1450), stars.choice([3, 4, 6]), "#f8e7a1")
    sheet.disc(500, 600, 400, "#f7c843")
    sheet.shape("M120 1500 C150 1270 330 1190 500 1190 C670 1190 850 1270 880 1500", "#b3202f")
    for i in range(13):
        angle = math.pi * (0.04 + 0.92 * i / 12)
        sheet.oval(
            500 - 270 * math.cos(angle), 1160 + 95 * math.sin(angle), 34, 88, CREAM, turn=-90 + 15 * (i - 6) + 90
        )
    for side in (-1, 1):
        sheet.shape(
            "M-62 0 C-120 -200 -80 -350 0 -430 C80 -350 110 -200 62 0",
            coat,
            Place(500 + side * 150, 520, stretch=side, turn=side * 17),
        )
        sheet.shape(
            "M-30 -20 C-70 -190 -45 -300 0 -360 C45 -300 60 -190 30 -20",
            "#e89aa6",
            Place(500 + side * 152, 515, stretch=side, turn=side * 17),
        )
    sheet.shape(
        "M290 560 C300 430 400 400 500 400 C600 400 700 430 710 560 C715 760 650 880 650 1020 L350 1020 C350 880 285 760 290 560",
        coat,
    )
    sheet.shape(
        "M320 1040 C300 900 400 850 500 850 C600 850 700 900 680 1040 C665 1170 590 1215 500 1215 C410 1215 335 1170 320 1040",
        "#d9d3e6",
    )
    for side in (-1, 1):
        sheet.oval(500 + side * 75, 985, 24, 38, dark, turn=side * 18)
        sheet.line("M-62 0 Q0 52 62 0", CREAM, 15, Place(500 + side * 128, 670, turn=side * -8))
    sheet.line("M400 1110 Q500 1165 600 1110", dark, 13)
    garland = [(320, 480), (395, 425), (500, 402), (605, 425), (680, 480)]
    for (x, y), petal in zip(garland, ["#e8455a", "#fff6e0", "#e8455a", "#fff6e0", "#e8455a"], strict=True):
        _flower(sheet, Place(x, y, 1.15), petal, "#f7c843", petals=6)
    return sheet


def _flower(sheet: Sheet, place: Place, petal: str, heart: str, petals: int = 5) -> None:
    for i in range(petals):
        angle = place.turn + 360 * i / petals
        centre = Place(place.x, place.y, place.scale, turn=angle)((0, -34))
        sheet.oval(*centre, 24 * place.scale, 32 * place.scale, petal, turn=angle)
    sheet.disc(place.x, place.y, 16 * place.scale, heart)


def il_giardino_dei_ciliegi() -> Sheet:
    """An axe whose handle is a cherry branch, still in bloom."""
    sheet, bark, steel = Sheet("#f4c9cf"), "#5a2f2b", "#22242c"
    sheet.shape("M455 240 C480 235 530 235 552 240 C560 520 515 760 545 1010 C560 1180 600 1300 590 1430 C560 1450 520 1450 492 1438"
                "C500 1300 455 1180 448 1010 C440 760 470 520 455 240", bark)  # fmt: skip
    sheet.shape(
        "M610 270 L610 470 C520 480 440 480 400 500 C330 560 270 640 205 700 C120 560 110 250 190 80 C260 170 330 235 400 262 C440 275 520 270 610 270",
        steel,
    )
    sheet.shape("M205 700 C120 560 110 250 190 80 L212 112 C152 260 158 520 232 672", "#fff8f2")
    twigs = ["M500 760 C600 700 700 690 800 600", "M690 688 C740 720 800 730 870 725", "M490 1010 C390 960 300 960 200 890",
             "M320 945 C270 990 220 1000 150 1010", "M545 1180 C640 1130 730 1130 820 1050"]  # fmt: skip
    for twig in twigs:
        sheet.line(twig, bark, 17)
    for x, y, size in [(800, 600, 1.5), (700, 680, 1.05), (875, 722, 1.2), (590, 705, 1.1), (195, 888, 1.5), (300, 950, 1.05),
                       (140, 1012, 1.15), (400, 962, 1.2), (830, 1045, 1.5), (720, 1112, 1.1), (620, 1142, 0.9), (500, 880, 1.0)]:  # fmt: skip
        _flower(sheet, Place(x, y, size, turn=x), "#fffdfb", "#e0526e")
    for x, y, turn in [
        (600, 1360, -10),
        (330, 1220, 14),
        (760, 1290, 40),
        (220, 1390, 70),
        (850, 1420, 20),
        (400, 1440, -30),
    ]:
        sheet.oval(x, y, 17, 27, "#fffdfb", turn=turn)
    sheet.line("M700 1112 C690 1180 680 1210 660 1240", "#4d7a3a", 8)
    sheet.line("M700 1112 C720 1170 740 1200 745 1230", "#4d7a3a", 8)
    sheet.disc(655, 1262, 40, "#c2102f")
    sheet.disc(752, 1254, 40, "#c2102f")
    return sheet


def il_malato_immaginario() -> Sheet:
    """A bottle of medicine in a nightcap: one eye shut, the other spying."""
    sheet, glass, label = Sheet("#8fd3bd"), "#9c2b1f", CREAM
    sheet.oval(500, 1400, 380, 40, "#68b39b")
    sheet.shape("M390 480 L610 480 L610 610 C640 680 810 700 815 850 L815 1340 C815 1380 790 1400 750 1400 L250 1400 C210 1400 185 1380 185 1340"
                "L185 850 C190 700 360 680 390 610", glass)  # fmt: skip
    sheet.line("M245 880 C250 800 330 770 380 735", "#d9695a", 22)
    sheet.box(185, 850, 815, 1290, label)
    sheet.line("M300 985 Q360 1030 420 985", BLACK, 15)
    sheet.shape("M570 1000 C600 945 690 945 720 1000 C690 1045 600 1045 570 1000", BLACK)
    sheet.shape("M584 1000 C612 960 678 960 706 1000 C678 1032 612 1032 584 1000", "#ffffff")
    sheet.disc(622, 998, 25, BLACK)
    sheet.line("M560 935 Q645 870 735 930", BLACK, 15)
    sheet.line("M280 940 Q350 915 430 950", BLACK, 15)
    sheet.shape("M500 1000 C470 1070 455 1110 480 1130 C500 1142 530 1138 540 1122", "#e9a28d")
    sheet.line("M400 1215 Q500 1165 610 1205", BLACK, 15)
    _nightcap(sheet)
    return sheet


def _nightcap(sheet: Sheet) -> None:
    sheet.shape(
        "M345 430 C360 260 430 120 600 105 C760 95 870 210 872 420 C830 330 760 290 700 300 C660 320 655 370 655 430",
        "#ffffff",
    )
    for stripe in ["M372 310 C460 345 560 345 676 312 L692 300 C740 296 700 290 722 300 C700 260 560 285 402 238",
                   "M470 150 C530 215 640 250 790 322 C815 343 838 360 846 375 C820 250 690 160 545 112"]:  # fmt: skip
        sheet.shape(stripe, "#d8382d")
    sheet.disc(872, 450, 52, "#d8382d")
    sheet.box(318, 402, 682, 500, "#d8382d", radius=48)


def casa_di_bambola() -> Sheet:
    """A house wound up like a toy, its door open, and Nora already outside."""
    sheet, light, house = Sheet("#f3e6cd"), "#ffc928", "#1d2b4f"
    sheet.box(0, 1060, 1000, 1500, "#d9c6a3")
    sheet.shape("M150 1060 L150 520 L90 520 L430 140 L770 520 L710 520 L710 1060", house)
    sheet.box(590, 190, 660, 400, house)
    for x in (225, 370, 515):
        sheet.box(x, 560, x + 100, 690, "#2f4274")
        sheet.line(f"M{x + 50} 560 L{x + 50} 690", house, 9)
        sheet.line(f"M{x} 625 L{x + 100} 625", house, 9)
    sheet.disc(430, 400, 58, "#2f4274")
    sheet.box(300, 770, 480, 1060, light)
    sheet.shape("M300 1060 L480 1060 L900 1500 L330 1500", light)
    sheet.shape("M300 770 L210 735 L210 1110 L300 1060", "#c4242b")
    sheet.disc(232, 930, 9, light)
    sheet.box(700, 800, 800, 832, "#c4242b")
    for y in (740, 892):
        sheet.disc(850, y, 88, "#c4242b")
        sheet.disc(850, y, 44, "#f3e6cd")
    sheet.box(785, 780, 915, 852, "#c4242b", radius=20)
    _woman_leaving(sheet, Place(600, 1400))
    return sheet


def _woman_leaving(sheet: Sheet, place: Place) -> None:
    sheet.shape("M-60 0 C-60 -70 -160 -110 -260 -190 L-215 -190 C-120 -110 0 -80 60 0", "#caa01c", place)
    sheet.shape(
        "M-100 0 C-80 -130 -50 -190 -34 -232 C-56 -270 -46 -330 -20 -346 L24 -346 C50 -330 56 -270 36 -232 C60 -180 86 -120 112 0",
        BLACK,
        place,
    )
    sheet.disc(*place((6, -392)), 40, BLACK)
    sheet.shape("M-62 -400 C-40 -420 60 -424 84 -396 C60 -452 -30 -460 -62 -400", BLACK, place)
    sheet.line("M36 -318 C70 -270 92 -220 96 -170", BLACK, 24, place)
    sheet.line("M78 -150 Q100 -185 122 -150", "#7d1a1e", 9, place)
    sheet.box(place.x + 40, place.y - 148, place.x + 160, place.y - 60, "#c4242b", radius=10)


def tre_melarance() -> Sheet:
    """Three oranges; the cut one wears a crown."""
    sheet, peel, pith, flesh = Sheet("#5b2a86"), "#ff8a1f", "#fff0d2", "#ffa63d"
    for x, y, r in ((190, 1270, 165), (815, 1300, 150)):
        sheet.disc(x, y, r, "#f0661a")
        sheet.disc(x - r * 0.12, y - r * 0.1, r * 0.86, peel)
        sheet.shape("M0 0 C30 -70 110 -90 160 -60 C130 0 60 30 0 0", "#2f9e5b", Place(x, y - r + 12, 0.85))
    sheet.disc(500, 770, 385, peel)
    sheet.disc(500, 770, 348, pith)
    segment = "M0 -28 C-30 -110 -118 -230 -108 -272 C-60 -318 60 -318 108 -272 C118 -230 30 -110 0 -28"
    for i in range(9):
        sheet.shape(segment, flesh if i % 2 else peel, Place(500, 770, 1.02, stretch=0.92, turn=40 * i))
    sheet.shape("M0 -90 C-14 -130 -20 -170 0 -190 C20 -170 14 -130 0 -90", pith, Place(500, 770, turn=40))
    sheet.shape("M0 -110 C-14 -150 -20 -190 0 -210 C20 -190 14 -150 0 -110", pith, Place(500, 770, turn=200))
    crown = "M-230 100 L-270 -130 L-135 -10 L0 -190 L135 -10 L270 -130 L230 100"
    sheet.shape(crown, "#ffd84a", Place(500, 330))
    sheet.box(270, 392, 730, 440, "#e9b721")
    for x, y in ((-270, -130), (0, -190), (270, -130)):
        sheet.disc(500 + x, 330 + y, 30, "#ff4d6d")
    for x in (350, 500, 650):
        sheet.shape("M0 -22 L18 0 L0 22 L-18 0", "#ff4d6d", Place(x, 416))
    return sheet


def l_importanza() -> Sheet:
    """A playing card: the same gentleman twice, serious in town, Earnest in the country."""
    sheet = Sheet("#1f6b4a")
    _gentleman(sheet, ground=CREAM, suit=BLACK, hat=BLACK)
    town = sheet.image.copy()
    other = Sheet("#1f6b4a")
    _gentleman(other, ground="#bfe0c4", suit="#1f6b4a", hat="#d24b3a")
    sheet.image.paste(other.image.rotate(180))
    half = Image.new("1", sheet.image.size, 0)
    cut = Sheet("#000000")
    cut.shape("M0 0 L1000 0 L1000 620 L0 880", "#ffffff")
    half.paste(cut.image.convert("1"))
    sheet.image.paste(town, mask=half)
    sheet.line("M60 864 L940 636", "#1f6b4a", 14)
    return sheet


def _gentleman(sheet: Sheet, *, ground: str, suit: str, hat: str) -> None:
    sheet.box(60, 60, 940, 1440, ground, radius=60)
    sheet.shape("M140 900 C150 730 280 690 400 670 L600 670 C720 690 850 730 860 900", suit)
    sheet.shape("M420 660 L500 820 L580 660", "#ffffff")
    sheet.box(440, 560, 560, 690, "#eab795")
    sheet.shape("M340 330 L660 330 C672 520 640 650 500 660 C360 650 328 520 340 330", "#f4c9a8")
    sheet.shape("M350 110 C420 90 580 90 650 110 C640 200 640 260 650 320 L350 320 C360 260 360 200 350 110", hat)
    sheet.shape("M230 322 C320 286 680 286 770 322 C740 366 660 372 500 372 C340 372 260 366 230 322", hat)
    sheet.box(353, 262, 647, 292, "#d9b44a")
    sheet.disc(578, 452, 62, "#d9b44a")
    sheet.disc(578, 452, 50, "#fdf6ea")
    sheet.disc(574, 454, 14, BLACK)
    sheet.line("M632 480 C660 560 650 640 610 740", "#d9b44a", 6)
    sheet.line("M392 452 Q425 432 458 452", BLACK, 11)
    sheet.shape("M500 540 C470 515 430 525 400 560 C385 575 360 575 345 560 C365 610 450 610 500 565 C550 610 635 610 655 560"
                "C640 575 615 575 600 560 C570 525 530 515 500 540", BLACK)  # fmt: skip
    for side in (-1, 1):
        sheet.shape("M0 0 L110 -58 L110 58", "#d24b3a" if suit == BLACK else BLACK, Place(500, 715, stretch=side))
    sheet.disc(500, 715, 27, "#d24b3a" if suit == BLACK else BLACK)
    _flower(sheet, Place(262, 752, 0.72), "#5cc46f" if suit == BLACK else "#ffffff", "#2f8f4c", petals=9)


def lisistrata() -> Sheet:
    """A Corinthian helmet whose crest is made of olive leaves."""
    sheet, black, clay = Sheet("#d9642c"), "#1c1413", "#d9642c"
    for y in (70, 1430):
        _meander(sheet, y, black)
    _olive_crest(sheet)
    half = (
        "M0 -330 C150 -330 262 -230 280 -60 C292 60 262 140 258 250 C256 340 270 420 250 520 C220 590 150 640 84 690"
        "C62 700 44 690 44 660 L44 250 L0 250"
    )
    for side in (-1, 1):
        place = Place(500, 690, 0.98, stretch=side)
        sheet.shape(half, black, place)
        sheet.shape("M36 60 C80 6 180 -10 232 40 C222 120 110 150 60 120 C44 106 38 84 36 60", CREAM, place)
        sheet.disc(*place((138, 66)), 44, black)
        sheet.disc(*place((126, 52)), 12, CREAM)
        sheet.line("M30 6 C90 -60 190 -66 246 -16", clay, 13, place)
        sheet.line("M84 640 C84 520 92 380 70 250", clay, 13, place)
        sheet.disc(*place((196, 470)), 13, clay)
        sheet.disc(*place((196, 410)), 13, clay)
    sheet.shape("M-30 0 C-34 90 -30 200 0 262 C30 200 34 90 30 0", black, Place(500, 700, 0.98))
    return sheet


def _meander(sheet: Sheet, y: float, ink: str) -> None:
    for i in range(12):
        turn = Place(50 + i * 82, y)
        sheet.line("M-41 34 L-41 -34 L27 -34 L27 12 L-7 12 L-7 -8", ink, 11, turn)
    sheet.line(f"M0 {y + 34} L1000 {y + 34}", ink, 11)


def _olive_crest(sheet: Sheet) -> None:
    for i in range(-7, 8):
        place = Place(500, 590, turn=i * 14.5)
        x, y = place((0, -270))
        fill = CREAM if i % 2 else "#2f4a2c"
        sheet.shape("M0 60 C-46 0 -46 -100 0 -176 C46 -100 46 0 0 60", fill, Place(x, y, 0.98, turn=i * 14.5))


def macbeth() -> Sheet:
    """A crown made of daggers, in the colour of what it cost."""
    sheet, blood, bone = Sheet("#131015"), "#c8102e", "#efe6d8"
    sheet.disc(500, 720, 430, blood)
    for x, turn, size in ((190, -16, 0.86), (345, -8, 1.0), (500, 0, 1.16), (655, 8, 1.0), (810, 16, 0.86)):
        place = Place(x, 900, size, turn=turn)
        sheet.shape("M-44 0 L-44 -330 L0 -560 L44 -330 L44 0", bone, place)
        sheet.shape("M0 0 L0 -560 L44 -330 L44 0", "#bfb3a2", place)
    sheet.shape("M120 860 C300 920 700 920 880 860 L850 1080 C700 1130 300 1130 150 1080", bone)
    for x, y in ((235, 985), (365, 1006), (500, 1012), (635, 1006), (765, 985)):
        sheet.shape("M0 -44 L34 0 L0 44 L-34 0", blood, Place(x, y))
    for x, top, length, width in (
        (270, 1112, 80, 26),
        (430, 1126, 230, 34),
        (585, 1126, 110, 28),
        (720, 1112, 180, 30),
    ):
        sheet.line(f"M{x} {top - 16} L{x} {top + length}", blood, width)
        sheet.disc(x, top + length, width * 0.8, blood)
    return sheet


def cyrano() -> Sheet:
    """A profile whose nose is the nib of a pen."""
    sheet, skin, nib = Sheet("#2446c8"), "#f7d9b8", "#f2b93b"
    sheet.shape(
        "M-20 1500 C20 1290 200 1180 330 1150 L330 1000 L640 1000 L620 1180 C720 1220 800 1330 820 1500", "#17141a"
    )
    for i in range(7):
        sheet.oval(215 + i * 70, 1195 + 14 * math.sin(i * 1.4), 52, 78, CREAM, turn=-8 + i * 4)
    sheet.shape("M230 560 L600 560 C620 610 610 650 620 690 L640 870 C655 890 660 905 640 915 C655 930 655 945 636 958 C650 980 660 1010 640 1050"
                "C600 1110 480 1130 400 1110 C290 1060 230 900 230 560", skin)  # fmt: skip
    sheet.shape("M600 640 C700 650 800 740 950 860 C800 880 690 880 600 850", nib)
    sheet.line("M950 860 L760 800", "#17141a", 8)
    sheet.disc(745, 795, 20, "#17141a")
    sheet.shape(
        "M950 860 C970 900 985 930 985 955 C985 980 965 990 950 990 C935 990 917 980 917 955 C917 930 935 900 950 860",
        "#17141a",
    )
    sheet.disc(540, 690, 17, "#17141a")
    sheet.line("M485 640 Q540 605 592 632", "#17141a", 18)
    sheet.shape("M610 905 C560 880 520 890 470 930 C540 925 580 930 612 925", "#17141a")
    sheet.shape("M600 1040 C610 1090 600 1130 580 1160 C555 1130 550 1080 560 1050", "#17141a")
    sheet.shape("M230 560 C215 700 230 850 300 960 C340 930 340 820 330 740 C370 690 380 620 370 560", "#17141a")
    sheet.shape(
        "M60 560 C200 510 620 500 800 585 C760 470 700 470 650 480 L640 330 C560 270 330 270 260 330 L240 470 C160 470 100 500 60 560",
        "#17141a",
    )
    sheet.shape("M330 470 C200 400 30 330 60 90 C160 60 330 150 470 400 C440 440 390 470 330 470", "#e33b36")
    sheet.line("M370 440 C270 330 180 220 95 130", "#ff8d7a", 9)
    return sheet


POSTERS: dict[str, Callable[[], Sheet]] = {
    "la-locandiera": la_locandiera,
    "sei-personaggi": sei_personaggi,
    "sogno": sogno,
    "il-giardino-dei-ciliegi": il_giardino_dei_ciliegi,
    "il-malato-immaginario": il_malato_immaginario,
    "casa-di-bambola": casa_di_bambola,
    "tre-melarance": tre_melarance,
    "l-importanza-di-chiamarsi-ernesto": l_importanza,
    "lisistrata": lisistrata,
    "macbeth": macbeth,
    "cyrano": cyrano,
}


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for slug in wanted or POSTERS:
        POSTERS[slug]().save(FOLDER / f"{slug}.webp")


if __name__ == "__main__":
    main(sys.argv[1:])
