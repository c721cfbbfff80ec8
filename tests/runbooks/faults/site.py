"""The site, its database and its secrets: what ends, is killed or does not fit any more."""

from collections.abc import Iterator

from runbooks.scenes import House, Scene, scene


@scene("site-down")
def front_and_backend_killed(house: House) -> Iterator[Scene]:
    """As the kernel does it when memory runs out: no container gets to say good-bye."""
    with house.shared_stack() as host:
        host.lab.compose("kill", "nginx", "backend")
        yield Scene(host)


@scene("database-down")
def database_killed_and_shut(house: House) -> Iterator[Scene]:
    """Killed while it writes; and once it is up, it does not know the site's password any more."""
    with house.shared_stack() as host:
        lab = host.lab
        lab.psql(
            "ALTER ROLE azionelab PASSWORD 'another one'; CREATE TABLE unfinished AS SELECT generate_series(1, 9);"
        )
        lab.compose("kill", "postgres")
        yield Scene(host)
        lab.psql("DROP TABLE unfinished")
