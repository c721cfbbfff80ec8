"""Of what a stack is made, for the reports of the trials."""

from __future__ import annotations

from lab.stacks import Lab

_OF_THE_BACKEND = (
    "import django, gunicorn, platform, rest_framework;"
    "print(platform.python_version(), django.__version__, rest_framework.VERSION, gunicorn.__version__)"
)


def versions_of(lab: Lab) -> dict[str, str]:
    """Name to version, asked of the containers."""
    told = lab.compose("exec", "-T", "backend", "python", "-c", _OF_THE_BACKEND).split()
    found = dict(zip(("Python", "Django", "Django REST framework", "gunicorn"), told, strict=True))
    found["PostgreSQL"] = lab.psql("SHOW server_version").split()[0]
    said = lab.run("docker", "compose", "exec", "-T", "nginx", "nginx", "-v")
    found["nginx"] = (said.stdout + said.stderr).rpartition("/")[2].strip()
    return found
