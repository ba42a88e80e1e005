"""What an answer tells of every kind of request and every outcome: the whole letters, in three languages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask

from privacy.dsar.vocabulary import CaseType, Outcome, State
from tests.dsar.letters_page import FOLDER, LOCALES, NAMES, answered, cases_of, page, people
from tests.dsar.shops import connected


def _system(code: str) -> Mapping[str, Any]:
    purposes = ["order_service"] if code == "crm" else ["newsletter", "order_service"]
    common = {"connector": "sql", "controllers": ["sklepy"], "purposes": purposes, "data_sets": [code]}
    return {"code": code, "names": NAMES[code], **common}


def test_every_answer_reads_as_it_was_read(context: Flask, tmp_path: Path, frozen: time_machine.Traveller) -> None:
    shops = connected(context, tmp_path, people(), systems=[_system(code) for code in NAMES])
    made = answered(shops)
    assert made.keys() == set(cases_of())
    assert {shops.request(request_id).state for request_id in made.values()} == {State.ANSWERED}
    for locale in LOCALES:
        text, file = page(made, locale), FOLDER / f"{locale}.txt"
        if "WRITE_LETTERS" in os.environ:
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file} is not what is written: read it, then WRITE_LETTERS=1"


def test_the_letters_are_of_every_kind_and_outcome() -> None:
    for locale in LOCALES:
        text = (FOLDER / f"{locale}.txt").read_text(encoding="utf-8")
        assert text.count("\n==== ") == len(list(cases_of())) - 1
        for case_type in CaseType:
            assert f"==== {case_type.value}, {Outcome.REFUSED.value}: refused\n" in text
