"""Requests that nobody thought of, made from the description: no fault, no undocumented answer, no surprise."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from privacy.authz.actors import Realm
from tests.callers import Service
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


@pytest.mark.parametrize("realm", list(Realm))
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_generated_request_gets_a_fault_or_an_undocumented_answer(
    service: Service, realm: Realm, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", service.app)
    checks = [check for check in CHECKS.get_all() if check.__name__ not in _LEFT_OUT]
    key = {"Authorization": f"Bearer {service.caller(realm=realm).key}"}
    cases = st.one_of([found.ok().as_strategy(generation_mode=mode) for found in schema.get_all_operations()])

    @hypothesis.settings(max_examples=size("requests"))
    @hypothesis.given(case=cases)
    def answered(case: Any) -> None:
        case.validate_response(case.call(headers=key), checks=checks)

    answered()
