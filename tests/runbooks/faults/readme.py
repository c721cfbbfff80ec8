"""Nothing has happened: somebody has cloned the repository and reads its README."""

from collections.abc import Iterator

from runbooks.scenes import House, Scene, scene


@scene("README")
def just_cloned(house: House) -> Iterator[Scene]:
    with house.own_stack("readme") as host:
        yield Scene(host)
