"""Requests that nobody thought of, made from the description: no fault, no undocumented answer, no surprise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.schemas import BaseSchema

from config import Config
from privacy.authz.actors import Realm
from tests.callers import Service
from tests.cli import running
from tests.sizes import size

#: Checks that ask something else than the contract says.
_LEFT_OUT = {
    "positive_data_acceptance",  # a body of the right shape may name a purpose that the programme lacks
    "use_after_free",  # nothing is ever deleted through this API
    "ensure_resource_availability",
    "ignored_auth",  # tests/contract/test_access.py asks it of every route
}


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """Lines of JSON as they are; anything else as a line."""
    return value.encode(errors="replace") if isinstance(value, str) else json.dumps(value).encode()


def ask_everything(schema: BaseSchema, key: str, mode: GenerationMode) -> None:
    """Send generated requests to every operation and judge the answers."""
    checks = [check for check in CHECKS.get_all() if check.__name__ not in _LEFT_OUT]
    cases = [found.ok().as_strategy(generation_mode=mode) for found in schema.get_all_operations()]

    @hypothesis.settings(max_examples=size("requests"))
    @hypothesis.given(case=st.one_of(cases))
    def answered(case: Any) -> None:
        case.validate_response(case.call(headers={"Authorization": f"Bearer {key}"}), checks=checks)

    answered()


@pytest.mark.parametrize("realm", list(Realm))
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_generated_request_gets_a_fault_or_an_undocumented_answer(
    service: Service, realm: Realm, mode: GenerationMode
) -> None:
    key = service.caller(realm=realm).key or ""
    ask_everything(schemathesis.openapi.from_wsgi("/openapi.json", service.app), key, mode)


def test_the_served_application_answers_the_same(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("PRIVACY_DATABASE_URL", config.database_url)
    served = running.Service(tmp_path)
    try:
        served.start()
        key = (config.data_dir / "first-key").read_text().strip()
        schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{served.port}/openapi.json")
        for mode in GenerationMode:
            ask_everything(schema, key, mode)
    finally:
        served.kill_everything()
