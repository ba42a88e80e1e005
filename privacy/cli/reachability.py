"""Who listens where: whether a port can be had, and whether the service on it is ready."""

from __future__ import annotations

import http.client
import json
import os
import socket

from config import Config


def connect_host(config: Config) -> str:
    """The host to connect to from here: one that listens everywhere listens on loopback too."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104  # compared, not bound


def address(config: Config) -> str:
    """Where this machine reaches the service, whatever stands in front of it."""
    host = connect_host(config)
    return f"http://[{host}]:{config.port}" if ":" in host else f"http://{host}:{config.port}"


def why_not_free(config: Config) -> str | None:
    """Why we could not listen on the configured address; None where we could."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            return f"{config.host} port {config.port}: {os.strerror(error.errno or 0)}"
    return None


def is_ready(config: Config) -> bool:
    """Whether a service answers there that it is ready."""
    return _readiness(config) == {"ready": True}


def port_state(config: Config) -> tuple[bool, str]:
    """Whether there is a problem with the port, and what is known of it."""
    reason = why_not_free(config)
    if reason is None:
        return False, f"{config.host} port {config.port} is free."
    match _readiness(config):
        case {"sealed": True}:
            return True, f"A service answers on {address(config)} and is sealed. Run: privacy keys unseal"
        case {"ready": True}:
            return False, f"A service answers on {address(config)} and is ready."
        case {"ready": False}:
            return True, f"A service answers on {address(config)} and is not ready: see {address(config)}/readyz"
    return True, f"Cannot listen on {reason}. Stop what does, or set PRIVACY_PORT."


def _readiness(config: Config) -> dict[str, bool] | None:
    connection = http.client.HTTPConnection(connect_host(config), config.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        found = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    if not isinstance(found, dict) or not isinstance(found.get("ready"), bool):
        return None
    return {name: found[name] for name in ("ready", "sealed") if isinstance(found.get(name), bool)}
