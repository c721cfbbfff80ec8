"""Ends processes of a stack without a word, as the kernel does where memory runs out."""

from lab.stacks import Lab

# Docker's init is the first process, gunicorn's arbiter its child, and the workers are the children of that.
_KILL_WORKERS = """
import os, pathlib, signal, sys
stats = {int(path.parent.name): path.read_text() for path in pathlib.Path("/proc").glob("[0-9]*/stat")}
parents = {pid: int(stat.rpartition(")")[2].split()[1]) for pid, stat in stats.items()}
arbiter = next(pid for pid, parent in parents.items() if parent == 1)
workers = [pid for pid, parent in parents.items() if parent == arbiter]
for pid in workers[: int(sys.argv[1]) or None]:
    os.kill(pid, signal.SIGKILL)
"""
_KILL_BY_WORDS = """
import os, pathlib, signal, sys
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    pid = int(path.parent.name)
    if sys.argv[1].encode() in path.read_bytes() and pid != os.getpid():
        os.kill(pid, signal.SIGKILL)
"""


def kill_a_worker(lab: Lab) -> None:
    """One of gunicorn's."""
    lab.compose("exec", "-T", "backend", "python", "-c", _KILL_WORKERS, "1")


def kill_all_workers(lab: Lab) -> None:
    """At once; gunicorn itself stays and starts others, without the pause that Docker makes after some restarts."""
    lab.compose("exec", "-T", "backend", "python", "-c", _KILL_WORKERS, "0")


def kill_in_backend(lab: Lab, words: str) -> None:
    """Every command of the backend's container in whose line these words are."""
    lab.compose("exec", "-T", "backend", "python", "-c", _KILL_BY_WORDS, words)


def kill_first_process(lab: Lab, service: str) -> None:
    """As root of this host, whoever runs the tests: the container ends, and comes back by its policy."""
    pid = lab.inspect(service)[0]["State"]["Pid"]
    as_root = ("--rm", "--pid", "host", "--user", "0", "--entrypoint", "bash")
    lab.docker("run", *as_root, lab.image("postgres"), "-c", f"kill -9 {pid}")
