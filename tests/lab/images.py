"""What is in an image, layer by layer: also what a later layer has taken away."""

import json
import mmap
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def saved(image: str) -> Iterator[Path]:
    """The image as `docker save` gives it, unpacked into a folder."""
    with tempfile.TemporaryDirectory() as folder:
        with (
            subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saving,
            tarfile.open(fileobj=saving.stdout, mode="r|") as archive,
        ):
            archive.extractall(folder, filter="data")
        assert saving.returncode == 0
        yield Path(folder)


def layers(folder: Path) -> list[Path]:
    manifest = json.loads((folder / "manifest.json").read_text())
    return [folder / name for name in manifest[0]["Layers"]]


def file_names(layer: Path) -> list[str]:
    with tarfile.open(layer) as archive:
        return archive.getnames()


def files_that_hold(folder: Path, texts: Sequence[str]) -> list[str]:
    """The names of files, layers and the image's own description among them, that hold any of the texts."""
    return [path.name for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, texts)]


def _holds(path: Path, texts: Sequence[str]) -> bool:
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(text.encode()) >= 0 for text in texts)
