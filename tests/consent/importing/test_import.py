"""Files in, decisions out: the same for any order and any repetition, and the same as a reading by hand."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct
from privacy.db import session, unit_of_work
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.importing.conftest import by_hand, import_it, reasons, rows_of
from tests.consent.importing.exports import EXPORTS, KINDS, Export, a_dirty_export, an_export

pytestmark = pytest.mark.usefixtures("installed")

T1, T2, T3, FUTURE = "2024-01-01 10:00:00", "2024-02-01 10:00:00", "2024-03-01 10:00:00", "2031-01-01 10:00:00"
EVERYTHING = ("consent_act", "consent_fact", "suppression", "data_subject", "subject_contact", "audit_event")
ONE = "ewa@example.com"


@pytest.mark.parametrize(
    ("export", "reason"),
    [
        (Export().subscribed(ONE, T1, T2), "given"),
        (Export().subscribed(ONE, T1, T1), "given"),
        (Export().subscribed(ONE, T1), "requested"),
        (Export().subscribed(ONE, "", T1), "given"),
        (Export().subscribed(ONE), "no_record"),
        (Export().subscribed(ONE, T2, T1), "requested"),
        (Export().subscribed(ONE, FUTURE, FUTURE), "no_record"),
        (Export().subscribed(ONE, T1, FUTURE), "requested"),
        (Export().unsubscribed(ONE, T1), "withdrawn"),
        (Export().unsubscribed(ONE), "withdrawn"),
        (Export().subscribed(ONE, T2, T3).unsubscribed(ONE, T1), "given"),
        (Export().subscribed(ONE, T1, T2).unsubscribed(ONE, T3), "withdrawn"),
        (Export().subscribed(ONE, T1, T1).unsubscribed(ONE, T1), "withdrawn"),
        (Export().subscribed(ONE, T1, T2).unsubscribed(ONE), "withdrawn"),
        (Export().subscribed(ONE, T1, T2).unsubscribed(ONE, FUTURE), "withdrawn"),
        (Export().subscribed(ONE, T1, T3).unsubscribed(ONE, T2), "withdrawn"),
        (Export().cleaned(ONE, T1), "suppressed"),
        (Export().subscribed(ONE, T1, T2).cleaned(ONE, T3), "suppressed"),
        (Export().subscribed(ONE, T2, T3).cleaned(ONE, T1), "given"),
        (Export().subscribed(ONE, T1, T2).cleaned(ONE), "suppressed"),
        (Export().subscribed(ONE, T1, T2).cleaned(ONE, FUTURE), "suppressed"),
        (Export().unsubscribed(ONE, T1).cleaned(ONE, T2), "suppressed"),
    ],
)
def test_what_an_address_ends_with(export: Export, reason: str, tmp_path: Path) -> None:
    folder = export.write(tmp_path / "export")
    import_it(folder)
    assert reasons([ONE]) == {ONE: reason} == by_hand(folder)


@pytest.mark.parametrize("which", EXPORTS)
@pytest.mark.timeout(600)
def test_an_export_is_read_as_by_hand(which: str, tmp_path: Path) -> None:
    folder = an_export(which, tmp_path / "export")
    expected = by_hand(folder)
    out = import_it(folder)
    assert reasons(expected) == expected
    assert {"given", "requested", "withdrawn", "suppressed"} <= set(expected.values())
    assert out.rejected == 0
    assert out.permissions_gained == Counter(expected.values())["given"]
    assert [found for _, found in consent.verify() if found] == []


@pytest.mark.parametrize("order", list(itertools.permutations(KINDS)))
def test_the_order_of_the_files_is_no_matter(order: tuple[str, ...], tmp_path: Path) -> None:
    export = a_dirty_export(15)
    expected = by_hand(export.write(tmp_path / "whole"))
    for number, kind in enumerate(order):
        import_it(export.write(tmp_path / f"{number}", [kind]))
    assert reasons(expected) == expected


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    folder = a_dirty_export(40).write(tmp_path / "export")
    first = import_it(folder)
    kept = rows_of(*EVERYTHING)
    second = import_it(folder)
    assert rows_of(*EVERYTHING) == kept
    assert (second.acts_recorded, second.suppressed) == (0, 0)
    assert (second.permissions_gained, second.permissions_lost) == (0, 0)
    assert second.acts_known == first.acts_recorded + first.acts_known
    assert first.acts_recorded == kept["consent_act"]


def test_a_repeat_on_a_later_day_keeps_the_first_receipt(tmp_path: Path) -> None:
    export = Export().subscribed(ONE, T1, T2).unsubscribed("jan@example.com").cleaned("iza@example.com")
    export.unsubscribed("ela@example.com", "2026-11-25 10:00:00").subscribed("ola@example.com")
    folder = export.write(tmp_path / "export")
    with time_machine.travel("2026-11-21T12:00Z", tick=False):
        import_it(folder)
        kept = rows_of(*EVERYTHING)
    with time_machine.travel("2026-12-21T12:00Z", tick=False):
        assert import_it(folder).acts_recorded == 0
        assert rows_of(*EVERYTHING) == kept


def test_a_dry_run_counts_as_the_run_and_writes_nothing(tmp_path: Path) -> None:
    folder = a_dirty_export(60).write(tmp_path / "export")
    import_it(a_dirty_export(30, seed=2).write(tmp_path / "before"))
    kept = rows_of(*EVERYTHING)
    dry = import_it(folder, dry_run=True)
    assert rows_of(*EVERYTHING) == kept
    assert import_it(folder) == dry
    assert dry.permissions_gained
    assert dry.permissions_lost


def test_gained_and_lost_compare_before_with_after(tmp_path: Path) -> None:
    import_it(Export().subscribed(ONE, T1, T2).subscribed("jan@example.com", T1, T2).write(tmp_path / "1"))
    later = Export().unsubscribed(ONE, T3).cleaned("jan@example.com", T3).subscribed("iza@example.com", T1, T1)
    # Withdrew and came back: nothing gained and nothing lost.
    later.subscribed("ela@example.com", T1).unsubscribed("ela@example.com", T2)
    out = import_it(later.write(tmp_path / "2"))
    assert (out.permissions_gained, out.permissions_lost, out.suppressed) == (1, 2, 1)


def test_an_import_turns_no_live_withdrawal_into_a_yes(tmp_path: Path) -> None:
    folder = Export().subscribed(ONE, T1, T2).write(tmp_path / "export")
    programme = programmes.current()
    with unit_of_work():
        withdrawal = consent.ActIn(
            naming=subjects.name_of(programme, OPERATOR, {"email": ONE}),
            act=consent.ActKind.WITHDRAW,
            source=consent.Source("shop"),
            purpose="newsletter",
            channels=["email"],
        )
        consent.record(withdrawal, actor=OPERATOR, programme=programme)
    import_it(folder)
    assert reasons([ONE]) == {ONE: "withdrawn"}


def test_a_lifted_suppression_stays_lifted(tmp_path: Path) -> None:
    folder = Export().subscribed(ONE, T1, T2).cleaned(ONE, T3).cleaned(ONE).write(tmp_path / "export")
    import_it(folder)
    programme = programmes.current()
    contact = subjects.name_of(programme, OPERATOR, {"email": ONE}).contacts
    with unit_of_work():
        assert consent.lift(next(iter(contact.values())), actor=OPERATOR, reason="wrote to us") == 2
    import_it(folder)
    assert reasons([ONE]) == {ONE: "given"}


def test_each_row_cites_the_wording_of_its_date(tmp_path: Path) -> None:
    # The second is already June in Warsaw.
    export = Export().subscribed(ONE, "2023-05-31 21:59:59").subscribed(ONE, "2023-05-31 22:00:00").subscribed(ONE)
    import_it(export.write(tmp_path / "export"))
    query = sa.select(ConsentAct.wording_version, ConsentAct.no_effect).order_by(ConsentAct.claimed_at.nulls_last())
    assert list(session().execute(query)) == [("1", None), ("2", None), (None, "no_date")]


def test_a_named_version_counts_only_where_it_was_in_force(tmp_path: Path) -> None:
    export = Export().subscribed(ONE, T1, T2).subscribed("jan@example.com", "2022-01-01 10:00:00", T2)
    import_it(export.write(tmp_path / "export"), wording="newsletter:2")
    assert reasons([ONE, "jan@example.com"]) == {ONE: "given", "jan@example.com": "insufficient_proof"}


@pytest.mark.parametrize(
    ("purpose", "wording", "says"),
    [
        ("newsletter", "gazetka", "no such wording"),
        ("newsletter", "newsletter:9", "versions 1, 2, 3"),
        ("offers", "newsletter", "not about offers"),
        ("geolocation", "klauzula", "not sent by email"),
        ("gazetka", "newsletter", "the programme has"),
    ],
)
def test_what_would_leave_every_row_without_effect_is_refused(
    purpose: str, wording: str, says: str, tmp_path: Path
) -> None:
    folder = Export().subscribed(ONE, T1).write(tmp_path / "export")
    with pytest.raises(InvalidInput, match=says):
        import_it(folder, wording=wording, purpose=purpose)


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    seen: dict[consent.Stage, tuple[int, int]] = {}
    import_it(
        a_dirty_export(20).write(tmp_path / "export"),
        on_progress=lambda stage, done, of: seen.update({stage: (done, of)}),
    )
    assert list(seen) == [consent.Stage.READING, consent.Stage.RECORDING]
    assert all(done == of for done, of in seen.values())
