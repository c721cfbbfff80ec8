"""Files that a person names: what cannot be read is said in words that are not the system's."""

import os
import threading
from pathlib import Path

import pytest

from azione.failures import ExitCode, Failure
from azione.inputs import read_file


def refused(name: str, most: int = 10) -> str:
    with pytest.raises(Failure) as failure:
        read_file(name, most=most, kind="a season")
    assert failure.value.exit_code == ExitCode.USAGE
    return failure.value.headline


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nofile.csv", "There is no file nofile.csv."),
        ("nofolder/nofile.csv", "There is no file nofolder/nofile.csv."),
        ("file.csv/nofile.csv", "There is no file file.csv/nofile.csv."),
        ("~nobody-at-all/x.csv", "There is no file ~nobody-at-all/x.csv."),
        ("circle", "There is no file circle."),
        ("x\0y", "There is no file x\0y."),
        (".", ". is a folder: name a file in it."),
        ("", "Name a file."),
        ("x" * 300, f"There is no file {'x' * 300}."),
        ("/dev/zero", "/dev/zero is far too large to be a season."),
    ],
)
def test_what_cannot_be_read_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.csv").write_text("x")
    (tmp_path / "circle").symlink_to("circle")
    assert refused(name) == said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_of_somebody_else_is_said_to_be_forbidden(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.touch(mode=0o000)
    assert refused(str(path)) == f"{path} cannot be read: its permissions forbid it."


def test_size_may_be_as_large_as_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "season.yaml").write_bytes(b"x" * 10)
    assert read_file("~/season.yaml", most=10, kind="a season") == b"x" * 10
    assert refused("~/season.yaml", most=9) == "~/season.yaml is far too large to be a season."


def test_pipe_is_a_file_as_well(tmp_path: Path) -> None:
    """As a shell's <(…) gives one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"0123456789",))
    writer.start()
    assert read_file(str(pipe), most=10, kind="a season") == b"0123456789"
    writer.join()
