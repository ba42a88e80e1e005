"""A desk for erasures."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.consent.desk import Desk, lay_programme


@pytest.fixture
def desk(context: Flask, in_force: None) -> Desk:
    """A desk with the example programme, on each database."""
    assert context
    return Desk(lay_programme())
