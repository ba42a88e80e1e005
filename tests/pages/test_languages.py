"""Texts with values in their places: escaped, and with one full stop where a value brings its own."""

from __future__ import annotations

import pytest
from flask import render_template_string
from markupsafe import Markup

from privacy.pages.languages import filled
from tests.callers import Service


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_sentence_that_ends_with_an_abbreviation_has_one_stop(service: Service) -> None:
    text = "{% trans who=who %}Seen by {{ who }}. Nobody else.{% endtrans %}"
    said = {"Shop sp. z o.o.": "Seen by Shop sp. z o.o. Nobody else.", "<b>": "Seen by &lt;b&gt;. Nobody else."}
    with service.app.test_request_context("/portal/"):
        assert {who: render_template_string(text, who=who) for who in said} == said
        assert render_template_string(text, who=Markup("<i>x</i>")) == "Seen by <i>x</i>. Nobody else."
    assert filled("Unto %(day)s.", day="21 listopada 2026 r.") == "Unto 21 listopada 2026 r."
    assert filled("Unto %(day)s.", day="Monday") == "Unto Monday."
    assert filled("%(part)s.5 of %(part)s", part="1.") == "1..5 of 1."
