"""The site with one rule taken out of it: if the checker finds nothing wrong then, it finds nothing.

Each mutant is the backend's image with a few words of its source exchanged. Words that are no longer there end the run:
whoever rewrites the source rewrites the mutant.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from faults.nemesis import Fault, cut, kill_while_a_mail_leaves, rush_for_a_handful
from lab.stacks import ROOT, Lab

SOURCE = ROOT / "backend" / "azionelab"
IN_IMAGE = "/srv/azionelab/backend/azionelab"
_START = ("docker", "compose", "up", "--detach", "--no-deps", "--wait", "backend")


@dataclass(frozen=True)
class Mutant:
    """`changes` are words and what stands in their place; `fault` is what brings it to light."""

    name: str
    what: str
    file: str
    changes: tuple[tuple[str, str], ...]
    fault: Fault

    def source(self) -> str:
        text = (SOURCE / self.file).read_text()
        for before, after in self.changes:
            assert text.count(before) == 1, f"{self.file} has changed: rewrite the mutant {self.name}"
            text = text.replace(before, after)
        return text


NO_LOCK = Mutant(
    "no-lock",
    "the performance is read without its lock",
    "reservations/capacity.py",
    (('.select_for_update(of=("self",), no_key=True)', ""),),
    fault=Fault("", "", rush_for_a_handful, "guests"),
)
# Without the lock two reservations also want the same slot of a performance, which the database refuses. This one has
# no slots either: nothing is left between the guests and the seats.
NO_LOCK_NO_SLOTS = Mutant(
    "no-lock-no-slots",
    "the same, and reservations draw their slots by lot",
    NO_LOCK.file,
    (
        *NO_LOCK.changes,
        (
            "return max(self.highest_slot + 1, performance.gone_slots)",
            'return __import__("secrets").randbelow(2**31)',
        ),
    ),
    fault=NO_LOCK.fault,
)
LATE_KEY = Mutant(
    "late-key",
    "the Idempotency-Key is written after the transaction",
    "reservations/services.py",
    (
        (
            "            idempotency_key=idempotency_key,\n            request_digest",
            "            idempotency_key=None,\n            request_digest",
        ),
        (
            "    try:\n        reservation, email = _with_free_reference(insert)\n",
            "    earlier = find_earlier(idempotency_key, request_digest)\n"
            "    if earlier is not None:\n        return earlier\n"
            "    try:\n        reservation, email = _with_free_reference(insert)\n",
        ),
        (
            "    deliver(email)\n    reservation.current_status",
            "    Reservation.objects.filter(pk=reservation.pk).update(idempotency_key=idempotency_key)\n"
            "    deliver(email)\n    reservation.current_status",
        ),
    ),
    fault=Fault("", "", cut(16), "guests"),
)
EARLY_MAIL = Mutant(
    "early-mail",
    "the mail is sent inside the transaction",
    "reservations/services.py",
    (
        (
            "    return reservation, delivery.write(reservation, EmailKind.CONFIRM)",
            "    email = delivery.write(reservation, EmailKind.CONFIRM)\n"
            "    delivery.deliver_now(email)\n"
            "    return reservation, None",
        ),
    ),
    fault=Fault("", "", kill_while_a_mail_leaves, "backend", may_repeat_mail=True),
)
MUTANTS = (NO_LOCK, NO_LOCK_NO_SLOTS, LATE_KEY, EARLY_MAIL)


def build(lab: Lab, mutant: Mutant, folder: Path) -> str:
    """The name of its image."""
    name = f"{lab.name}-backend:{mutant.name}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mutant.py").write_text(mutant.source())
    lines = (f"FROM {lab.image('backend')}", f"COPY --chmod=0644 mutant.py {IN_IMAGE}/{mutant.file}")
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")
    lab.docker("build", "--quiet", "--tag", name, str(folder))
    return name


def start(lab: Lab, mutant: Mutant) -> None:
    """In the place of whichever backend runs."""
    done = lab.run(*_START, FAULT_IMAGE=build(lab, mutant, lab.directory / mutant.name))
    assert done.returncode == 0, done.stderr


def put_back(lab: Lab) -> None:
    """The site's own backend."""
    lab.docker(*_START[1:])
