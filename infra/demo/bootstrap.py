"""Entry of what runs before `.venv` exists: `python3 -m demo.bootstrap PROFILE|demo-reset`. Any Python can read it.

It only decides whether this Python will do, so that an old one gets a sentence and not a syntax error:
hence no annotations and no f-strings here.
"""

import sys

MINIMUM = (3, 11)


def python_problem(version, executable):
    """One sentence on why this Python will not do, or None."""
    if tuple(version[:2]) >= MINIMUM:
        return None
    return (  # noqa: UP032
        "AzioneLab needs Python {}.{} or newer, and {} is {}.{}: "
        "install a newer one, or name it with PYTHON=/path/to/python3.11 make ..."
    ).format(MINIMUM[0], MINIMUM[1], executable, version[0], version[1])


def main():
    problem = python_problem(sys.version_info, sys.executable)
    if problem:
        sys.stderr.write(problem + "\n")
        return 5
    if sys.argv[1:] == ["demo-reset"]:
        from demo.reset import main as reset

        return reset()
    from demo.installation import main as install

    return install(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
