"""What is changed in evidence is found, and the place is named: one row of the table for each manipulation.

`EVIDENCE` makes a file, a `Tampering` changes it; the message must begin with the place and hold the words. The
second half is that honest files raise no alarm.
"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.audit.privacy_verify import Failed
from tests.sizes import size
from tests.verifier import made
from tests.verifier.made import KEY, NEW_KEY, Log
from tests.verifier.tampered_documents import DECISIONS, DOCUMENTS, SPELLINGS
from tests.verifier.tampered_log import CONSISTENCY, EVENTS, LOGS
from tests.verifier.tampered_notes import CHECKPOINTS, ROTATIONS
from tests.verifier.tampering import (
    EVIDENCE,
    Tampering,
    as_file,
    options,
    verify,
)

TAMPERINGS = [*CHECKPOINTS, *ROTATIONS, *EVENTS, *CONSISTENCY, *SPELLINGS, *DOCUMENTS, *DECISIONS, *LOGS]


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.name)
def test_what_was_changed_is_found_and_its_place_is_named(tampering: Tampering, tmp_path: Path) -> None:
    evidence = copy.deepcopy(EVIDENCE[tampering.evidence]())
    changed = tampering.change(evidence)
    raw = as_file(changed if isinstance(changed, bytes) else evidence)
    with pytest.raises(Failed) as failed:
        verify(raw, tampering.options, tmp_path)
    assert ", ".join(failed.value.places).startswith(tampering.where)
    assert tampering.words in failed.value.sentence


def test_the_table_has_as_many_manipulations_as_it_says() -> None:
    names = [one.name for one in TAMPERINGS]
    assert len(names) == len(set(names))
    assert len(names) >= 200


@given(st.data())
@settings(max_examples=size("honest_evidence"), deadline=None)
def test_honest_evidence_raises_no_alarm(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 40))
    endorsed_at = data.draw(st.none() | st.integers(0, length - 1))
    log = Log(length, KEY if endorsed_at is None else NEW_KEY, endorsed_at=endorsed_at)
    index, old = data.draw(st.integers(0, length - 1)), data.draw(st.integers(1, length))
    count = data.draw(st.integers(1, 12))
    folder = tmp_path_factory.mktemp("honest")
    for evidence in (
        log.inclusion(index, body=data.draw(st.booleans())),
        log.consistency(old),
        log.document_proof(b"text", "text/plain", index),
        *([log.certificate()] if length > made.ERASED != endorsed_at else []),
        made.a_row(data.draw(st.integers(0, count - 1)), count),
    ):
        verify(as_file(evidence), options(), folder)
    verify(as_file(made.a_batch(count)), options(request=made.a_request(count)), folder)
    verify(made.zipped(log.export()), options(), folder)
