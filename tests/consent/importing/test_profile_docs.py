"""The manual of profiles: its example is one, and it names every field that a profile may have."""

from __future__ import annotations

import re

from privacy.consent.importing import profiles
from privacy.consent.importing.profile import Format, Said, Token
from privacy.consent.importing.profile_schema import SCHEMA
from tests.rules.source import ROOT

MANUAL = (ROOT / "docs" / "import-profiles.md").read_text(encoding="utf-8")


def test_the_example_of_the_manual_is_a_profile() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    profile = profiles.read(example)
    assert profile.name == "my-tool"
    assert profile.options == {"wording": "klauzula"}
    assert len(profile.kinds[0].rules[0].each) == 3


def test_the_manual_names_every_field_and_word() -> None:
    for name in [*SCHEMA.fields, *Format, *Said, *Token]:
        assert f"`{name}`" in MANUAL, name
