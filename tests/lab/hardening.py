"""What `docker inspect` says of a container, held against what every container of the stack must be."""

import json
from collections.abc import Sequence
from typing import Any

# The memory and log sizes are compose.yml's to choose; that there are any is not.
HOST_NAMESPACES = ("NetworkMode", "PidMode", "IpcMode", "UTSMode", "UsernsMode")


def weaknesses(container: dict[str, Any]) -> set[str]:
    """What it may that it should not; nothing where all is well."""
    config, host = container["Config"], container["HostConfig"]
    limits = {
        "runs as root": config["User"].partition(":")[0] in ("", "0", "root"),
        "root file system can be written": not host["ReadonlyRootfs"],
        "keeps capabilities": [one.upper() for one in host["CapDrop"] or []] != ["ALL"] or bool(host["CapAdd"]),
        "may gain privileges": "no-new-privileges:true" not in (host["SecurityOpt"] or []),
        "is privileged": host["Privileged"],
        "has devices": bool(host["Devices"]),
        "shares a namespace of the host": any(host[name] == "host" for name in HOST_NAMESPACES),
        "reaches the engine": any("docker.sock" in mount["Source"] for mount in container["Mounts"]),
        "no memory limit": not host["Memory"],
        "no limit of processes": (host["PidsLimit"] or 0) <= 0,
        "log without bounds": not {"max-size", "max-file"} <= set(host["LogConfig"]["Config"] or {}),
    }
    return {name for name, found in limits.items() if found}


def weaknesses_of_service(container: dict[str, Any]) -> set[str]:
    """The same for one that goes on running."""
    host, health = container["HostConfig"], container["State"].get("Health")
    limits = {
        "no folder in memory": not host.get("Tmpfs"),
        "no health check": not container["Config"].get("Healthcheck"),
        "not healthy": (health or {}).get("Status") != "healthy",
        "stays away after a crash": host["RestartPolicy"]["Name"] != "always",
    }
    return weaknesses(container) | {name for name, found in limits.items() if found}


def told_secrets(container: dict[str, Any], secrets: Sequence[str]) -> list[str]:
    """Those that anybody who may ask the engine can read: in the environment, the command, a label, wherever."""
    told = json.dumps(container)
    return [secret for secret in secrets if secret in told]
