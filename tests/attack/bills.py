"""What the theatre installs: each package pinned with hashes, its licence told, on a bill that a known tool wrote.

The bills are made from what the locks name: cyclonedx-py reads the packages' own words, npm its lock. They hold no time
and no number of their own, so that they change when a package does, and none of the packages' prose and addresses.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distributions, metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS, FRONTEND = ROOT / "requirements", ROOT / "frontend"
BIN = ROOT / ".venv" / "bin"
# Where what is on the bills runs.
ON_THE_STACK = {
    **{"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    **{"implementation_name": "cpython", "platform_python_implementation": "CPython"},
    **{"python_version": "3.13", "python_full_version": "3.13.0"},
}
_PINNED = re.compile(
    r"^(?P<requirement>[^\s#-][^\\\n]*?)(?P<rest>(?: \\\n +--hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE
)
_LEFT_OUT = ("serialNumber", "timestamp", "description", "externalReferences")


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    licence: str = ""
    has_hash: bool = True


# Locks --------------------------------------------------------------------------------------------------------------


def python_lock(group: str) -> list[Package]:
    """What `requirements/GROUP.txt` pins for the stack's own Python, by normalised name."""
    found = []
    for line in _PINNED.finditer((REQUIREMENTS / f"{group}.txt").read_text()):
        requirement = Requirement(line["requirement"])
        if requirement.marker is None or requirement.marker.evaluate(ON_THE_STACK):
            (pin,) = requirement.specifier
            assert pin.operator == "==", f"{group}.txt does not pin {requirement.name}"
            found.append(Package(normalised(requirement.name), pin.version, has_hash=bool(line["rest"])))
    return found


def npm_lock(folder: Path = FRONTEND, *, shipped_only: bool = False) -> list[Package]:
    """What `package-lock.json` pins; without what only builds, where only what browsers get is asked for."""
    packages: dict[str, dict[str, Any]] = json.loads((folder / "package-lock.json").read_text())["packages"]
    return [
        Package(place.rpartition("node_modules/")[2], one["version"], _text(one.get("license")), "integrity" in one)
        for place, one in packages.items()
        if place and not one.get("link") and not (shipped_only and (one.get("dev") or one.get("devOptional")))
    ]


def _text(licence: Any) -> str:
    return str(licence.get("type", "")) if isinstance(licence, dict) else str(licence or "")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# Bills --------------------------------------------------------------------------------------------------------------

BILLS = {"backend": "sbom-backend.json", "cli": "sbom-cli.json", "frontend": "sbom-frontend.json"}


def write_bills(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part, name in BILLS.items():
        bill = _npm_bill() if part == "frontend" else _python_bill(part)
        (folder / name).write_text(json.dumps(_plain(bill), indent=1, sort_keys=True) + "\n")


def packages_on(bill: Path) -> list[Package]:
    told = json.loads(bill.read_text())
    return sorted(
        (Package(_full_name(one), one["version"], _licence_of(one)) for one in told["components"]),
        key=lambda package: package.name,
    )


def _full_name(component: dict[str, Any]) -> str:
    group = f"{component['group']}/" if component.get("group") else ""
    name = f"{group}{component['name']}"
    return name if component["purl"].startswith("pkg:npm") else normalised(name)


def _licence_of(component: dict[str, Any]) -> str:
    """As the package says it: an expression of SPDX, or a name; what it only classifies itself as comes last."""
    said = [
        one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
        for one in component.get("licenses", [])
    ]
    known = [one for one in said if one and not one.startswith("License ::")] or said
    return " and ".join(sorted({one.splitlines()[0].rpartition(" :: ")[2][:60] for one in known if one}))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in _LEFT_OUT}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _python_bill(group: str) -> Any:
    """Of an environment that holds the descriptions of these packages and nothing else."""
    wanted = {package.name: package.version for package in python_lock(group)}
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        (site,) = Path(folder).glob("lib/python*/site-packages")
        _copy_descriptions(wanted, site)
        command = [str(BIN / "cyclonedx-py"), "environment", "--output-reproducible", "--short-PURLs", folder]
        bill = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for component in bill["components"]:
        component.setdefault("licenses", [{"license": {"name": _own_words(component["name"])}}])
    return bill


def _own_words(name: str) -> str:
    """Where a package names its licence otherwise than SPDX does."""
    return str(metadata(name)["License"] or "")


def _copy_descriptions(wanted: dict[str, str], site: Path) -> None:
    for one in distributions():
        name = normalised(str(one.metadata["Name"]))
        if wanted.get(name) == one.version:
            place = Path(str(one._path))  # type: ignore[attr-defined] # (there is no public way to it)
            shutil.copytree(place, site / place.name, dirs_exist_ok=True)
            del wanted[name]
    assert not wanted, f"{sys.prefix} does not hold {wanted}"


def _npm_bill() -> Any:
    """Without what only builds. (npm's own `--omit dev` leaves out Angular as well, which what builds needs too.)"""
    command = [str(BIN / "npm"), "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]
    bill = json.loads(subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=True).stdout)
    shipped = {f"{package.name}@{package.version}" for package in npm_lock(shipped_only=True)}
    bill["components"] = [one for one in bill["components"] if f"{one['name']}@{one['version']}" in shipped]
    kept = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    bill["dependencies"] = [
        {"ref": one["ref"], "dependsOn": [ref for ref in one["dependsOn"] if ref in kept]}
        for one in bill["dependencies"]
        if one["ref"] in kept
    ]
    return bill


def licences(packages: Iterable[Package]) -> dict[str, list[str]]:
    """Licence to the packages under it, the commonest first."""
    found: dict[str, list[str]] = {}
    for package in packages:
        found.setdefault(package.licence or "not told", []).append(f"{package.name} {package.version}")
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))


if __name__ == "__main__":
    write_bills(ROOT / "docs" / "proof")
