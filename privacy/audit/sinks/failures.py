"""What can go wrong with a sink."""

from __future__ import annotations

from privacy.errors import Unavailable


class SinkUnreachable(Unavailable):
    """The sink did not take what it was sent."""

    code = "sink-unreachable"
