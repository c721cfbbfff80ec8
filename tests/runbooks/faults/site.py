"""The site, its database and its secrets: what ends, is killed or does not fit any more."""

from collections.abc import Iterator

from runbooks.scenes import House, Scene, scene


@scene("site-down")
def front_and_backend_killed(house: House) -> Iterator[Scene]:
    """As the kernel does it when memory runs out: no container gets to say good-bye."""
    with house.shared_stack() as host:
        host.lab.compose("kill", "nginx", "backend")
        yield Scene(host)
