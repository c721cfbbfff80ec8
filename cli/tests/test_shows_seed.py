"""`azione shows seed` without a terminal, against a real backend on PostgreSQL."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.tests.conftest import ROOT, SEASON, Theatre, run_azione, write_demo
from cli.tests.transcripts import transcript

from azione.seasons import read_export


def seed(theatre: Theatre, *arguments: str, file: Path = SEASON) -> subprocess.CompletedProcess[str]:
    return run_azione(
        "shows", "seed", str(file), "--anchor", "2041-11-20", *arguments,
        cwd=theatre.directory, AZIONE_DEMO_DIR=str(theatre.directory),
    )  # fmt: skip


def test_dry_run_lists_and_writes_nothing(blank_theatre: Theatre) -> None:
    for _again in range(2):
        done = seed(blank_theatre, "--dry-run")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            "+  created  venue        La Cantina",
            "+  created  show         La locandiera",
            "+  created  performance  La locandiera · La Cantina · 2041-12-05 20:30",
            "+  created  performance  La locandiera · La Cantina · 2041-12-20 20:30",
            "This would change the season on the demo at http://localhost:8000: 4 created, 0 unchanged.",
        ]


def test_seeding_twice_changes_nothing_and_a_line_changes_its_show(blank_theatre: Theatre, tmp_path: Path) -> None:
    assert seed(blank_theatre, "--yes").returncode == 0
    again = seed(blank_theatre, "--yes")
    assert again.stdout == "The season is on the demo at http://localhost:8000: 4 unchanged.\n"
    changed = tmp_path / "stagione.yaml"
    changed.write_text(SEASON.read_text().replace("duration: 110", "duration: 115").replace("05 20:30", "05 21:00"))
    assert seed(blank_theatre, "--yes", file=changed).stdout.splitlines() == [
        "~  updated  show         La locandiera                                  duration_minutes",
        "+  created  performance  La locandiera · La Cantina · 2041-12-05 21:00",
        "!  missing  performance  La locandiera · La Cantina · 2041-12-05 20:30  not in the file; it stays",
        "The season is on the demo at http://localhost:8000: 1 updated, 1 created, 1 missing, 2 unchanged.",
    ]


def test_refused_file_is_told_by_line_and_field(blank_theatre: Theatre, tmp_path: Path) -> None:
    broken = tmp_path / "stagione.yaml"
    broken.write_text(
        SEASON.read_text().replace("duration: 110", "duration: long").replace("venue: cantina", "venue: cave", 1)
    )
    done = seed(blank_theatre, "--yes", file=broken)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "Error: stagione.yaml: 2 values cannot be used. Nothing was changed.",
        "  line 12, shows.la-locandiera.duration: `duration` wants a whole number from 1 to 1000, not `long`.",
        "  line 14, shows.la-locandiera.performances.1.venue: There is no venue `cave`. The file has: cantina.",
    ]


def test_json_is_the_backend_s_own_lines(blank_theatre: Theatre) -> None:
    done = seed(blank_theatre, "--json", "--yes")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["type"] for line in lines] == ["record"] * 4 + ["summary"]
    assert (done.returncode, lines[-1]["created"], done.stderr) == (0, 4, "")


@pytest.mark.parametrize("name", ["gone.yaml", ".", "\udcff.yaml"])
def test_file_that_cannot_be_read_is_one_sentence(theatre: Theatre, tmp_path: Path, name: str) -> None:
    done = seed(theatre, "--yes", file=tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_demo_s_own_anchor_is_today_unless_another_is_given(blank_theatre: Theatre) -> None:
    """A demo seeded yesterday (or longer ago) is seeded again: its relative dates still count from that day."""
    write_demo(blank_theatre.directory, blank_theatre.env, season_anchor="2041-11-20")

    def seed_again(*arguments: str) -> str:
        where = {"cwd": blank_theatre.directory, "AZIONE_DEMO_DIR": str(blank_theatre.directory)}
        return run_azione("shows", "seed", str(SEASON), "--yes", *arguments, **where).stdout

    assert "+  created  performance  La locandiera · La Cantina · 2041-12-20 20:30" in seed_again()
    assert seed_again() == "The season is on the demo at http://localhost:8000: 4 unchanged.\n"
    assert "created  performance  La locandiera · La Cantina · 2041-12-21 20:30" in seed_again("--anchor", "2041-11-21")


def test_season_of_yesterday_is_not_made_anew(blank_theatre: Theatre) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert seed(blank_theatre, "--yes", "--anchor", yesterday).returncode == 0
    write_demo(blank_theatre.directory, blank_theatre.env, season_anchor=yesterday)
    again = run_azione(
        "shows", "seed", str(SEASON), "--yes",
        cwd=blank_theatre.directory, AZIONE_DEMO_DIR=str(blank_theatre.directory),
    )  # fmt: skip
    assert again.stdout == "The season is on the demo at http://localhost:8000: 4 unchanged.\n"


# And back again -----------------------------------------------------------------------------------------------------


def export(theatre: Theatre, file: Path | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_azione(
        "shows", "export", str(file), *arguments,
        cwd=theatre.directory, AZIONE_DEMO_DIR=str(theatre.directory),
    )  # fmt: skip


def test_the_season_with_its_posters_goes_there_and_back(blank_theatre: Theatre, tmp_path: Path) -> None:
    source = ROOT / "season" / "season.yaml"
    assert seed(blank_theatre, "--yes", file=source).returncode == 0
    originals = {path.read_bytes() for path in source.parent.glob("posters/*.webp")}
    file = tmp_path / "stagione.yaml"
    done = export(blank_theatre, file)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{file}: 3 venues, ")
    assert done.stdout.endswith("posters written beside it.\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert {path.read_bytes() for path in tmp_path.glob("posters/*")} == originals

    for one in (file, source):
        again = seed(blank_theatre, "--yes", file=one)
        assert "unchanged." in again.stdout
        assert len(again.stdout.splitlines()) == 1
        assert "created" not in again.stdout + again.stderr
        assert "updated" not in again.stdout
    before = file.read_bytes()
    assert f"{len(originals)} there already" in export(blank_theatre, file).stdout
    assert file.read_bytes() == before
    shown = export(blank_theatre, "-")
    assert (shown.stdout, shown.stderr.count(f"{len(originals)} posters not written")) == (before.decode(), 1)


def test_a_file_that_cannot_be_written_leaves_the_old_one(blank_theatre: Theatre, tmp_path: Path) -> None:
    assert export(blank_theatre, tmp_path / "gone" / "stagione.yaml").returncode == 5
    assert export(blank_theatre, tmp_path).returncode == 5
    assert export(blank_theatre, "").returncode == 2
    assert export(blank_theatre, "x.yaml", "--json").returncode == 2
    assert list(tmp_path.glob("*.yaml")) == []


def test_a_poster_that_is_not_there_or_outside_is_told_by_line(blank_theatre: Theatre, tmp_path: Path) -> None:
    text = SEASON.read_text()
    for name, said in (("none.png", "There is no file `none.png`"), ("../out.png", "`../out.png` is outside")):
        file = tmp_path / "stagione.yaml"
        file.write_text(
            text.replace("    duration: 110\n", f"    duration: 110\n    poster: {name}\n    poster_alt: X\n")
        )
        done = seed(blank_theatre, "--yes", file=file)
        assert done.returncode == 2
        assert f"  line 13, shows.la-locandiera.poster: {said}" in done.stderr


def test_an_export_from_its_transcript() -> None:
    season = read_export(*transcript("export_season"))
    assert season.counts == "2 venues, 3 shows, 4 performances"
    [(name, content)] = season.posters.items()
    assert name.startswith("posters/la-lupa-")
    assert name in season.content.decode()
    assert content.startswith(b"\x89PNG")
    left_out = read_export(*transcript("export_season.left_out"))
    assert left_out.posters == {}
    assert "the poster of la-lupa" in left_out.remarks(with_posters=True)[0]


@pytest.mark.parametrize("name", ["../evil.png", "posters/../evil", "posters/.bashrc", "/etc/passwd", "posters/a/b"])
def test_a_poster_is_written_nowhere_else(name: str) -> None:
    records, summary = transcript("export_season")
    with pytest.raises(ValueError, match="name of a poster"):
        read_export([*records, {"kind": "poster", "name": name, "start": 0, "base64": ""}], summary)
