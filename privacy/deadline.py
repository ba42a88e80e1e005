"""An end to conversations over the network that would go on for ever."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def cut_off(connection: socket.socket, seconds: float) -> Iterator[None]:
    """End a conversation when its time is over. A socket's own timeout begins anew with each byte that trickles in."""
    # Not the method of a TLS socket, which would have the reader go on without TLS.
    timer = threading.Timer(seconds, _shut_down, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # It ended by itself meanwhile.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
