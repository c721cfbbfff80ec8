"""Makes `pytest README.md runbooks` run their command blocks, as tests/runbooks/README.md describes."""

from runbooks.collecting import following, house, pytest_collect_file  # noqa: F401
