"""Ports for servers that cannot be given port 0."""

import random
import socket

EPHEMERAL = 32768
"""From here on the kernel assigns ports to any process that requests one (ip(7): ip_local_port_range)."""


def free_port() -> int:
    """Return a free port of the loopback that no process gets by chance between this call and its use."""
    ports = random.SystemRandom().sample(range(20_000, EPHEMERAL), 1000)
    for port in ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
