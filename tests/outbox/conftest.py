"""A real SMTP server for the tests of mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.outbox.relay import Relay


@pytest.fixture(scope="module")
def _relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    with Relay(tmp_path_factory.mktemp("relay")) as made:
        yield made


@pytest.fixture
def relay(_relay: Relay) -> Relay:
    """The server, as if nobody had written to it yet."""
    _relay.handler.__init__()  # type: ignore[misc]  # begins anew what it heard and how it answers
    return _relay
