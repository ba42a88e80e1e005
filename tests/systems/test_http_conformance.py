"""An API does what every system does, but for transactions, which it does not have."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from privacy.programme.connector_settings import http_settings
from privacy.systems.connector import Connector
from privacy.systems.http_connector import HttpConnector
from tests.systems.api_server import FAULTS, Api, a_described_table, search, serving, settings_of
from tests.systems.conformance import PERSON, VISIT, Conformance, Rows, pytest_generate_tests

__all__ = ["pytest_generate_tests"]

#: What a request may take here, in seconds: long on a busy machine, short for a test of what hangs.
PATIENCE = 1.0


class HttpLab:
    """An API on loopback with both tables."""

    def __init__(self, api: Api, url: str) -> None:
        self._api, self._url = api, url
        self._by = url

    def put(self, rows: Rows) -> None:
        self._api.tables = {name: [dict(row) for row in rows[name]] for name in ("person", "visit")}

    def rows(self) -> Rows:
        return {name: sorted(rows, key=lambda row: int(row["id"])) for name, rows in self._api.tables.items()}

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connector]:
        tables = []
        for table in (PERSON, VISIT):
            described = a_described_table(table.name)
            described["read"] = [search(table.name, one.name, most_values=100) for one in table.fields]
            tables.append(described)
        settings = settings_of(self._by, tables, timeout_seconds=PATIENCE)
        connector = HttpConnector(http_settings(settings), {"token": self._api.token})
        yield connector
        connector.close()

    @contextlib.contextmanager
    def broken(self, fault: str) -> Iterator[None]:
        if fault == "refused":
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._by = f"http://127.0.0.1:{free.getsockname()[1]}"
                yield
            self._by = self._url
        elif fault == "TLS":
            self._by = self._url.replace("http://", "https://")
            yield
            self._by = self._url
        else:
            self._api.fault = FAULTS[fault]
            yield
            self._api.fault = None


class TestHttp(Conformance):
    faults = (*FAULTS, "refused", "TLS")
    atomic = False

    @pytest.fixture
    def lab(self) -> Iterator[HttpLab]:
        api = Api({"person": [], "visit": []})
        with serving(api) as url:
            yield HttpLab(api, url)
