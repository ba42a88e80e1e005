"""People through the service: made by account identifiers, found by any, sealed, dated, merged and parted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, Realm
from privacy.db import Driver, session, unit_of_work
from privacy.errors import InvalidInput, NotFound
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.models import AccountIdentifier, DataSubject, IdentityClaim, SubjectContact
from privacy.subjects.service import NotMerged, Standing
from tests.consent.desk import Desk, lay_programme

ANNA = {"customer_id": "C-1", "email": "Anna.Nowak@example.com"}
JAN = {"customer_id": "C-2", "email": "anna.nowak@example.com"}


@pytest.fixture
def desk(context: Flask, in_force: None) -> Desk:
    assert context
    return Desk(lay_programme())


def _count(model: type) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def _view(desk: Desk, who: dict[str, str]) -> subjects.SubjectView:
    return subjects.view(desk.subject(who), realm="live")


def test_the_same_identifiers_again_change_nothing(desk: Desk) -> None:
    one = desk.put(ANNA)
    version = _view(desk, ANNA).version
    assert desk.put(ANNA) == one
    assert _view(desk, ANNA).version == version
    assert (_count(DataSubject), _count(SubjectContact)) == (1, 1)


def test_a_shared_contact_is_sealed_once_for_each_who_has_it(desk: Desk) -> None:
    desk.put(ANNA)
    desk.put(JAN)
    desk.put({"email": "ANNA.NOWAK@EXAMPLE.COM"})
    rows = session().scalars(sa.select(SubjectContact)).all()
    assert len({row.value_bidx for row in rows}) == 1
    assert len({row.value_enc for row in rows}) == 3
    assert _count(DataSubject) == 3
    assert b"anna" not in b"".join(row.value_enc for row in rows).lower()


def test_naming_two_contacts_joins_nobody(desk: Desk) -> None:
    desk.put({"email": "anna@example.com", "phone": "+48600100200"})
    people = {s.person_id for s in session().scalars(sa.select(DataSubject))}
    assert len(people) == 2


def test_each_identifier_says_where_it_came_from_and_since_when(desk: Desk) -> None:
    since = clock.micros() - 400 * clock.DAY
    desk.put(ANNA, held_from=since)
    view = _view(desk, ANNA)
    assert [(i.type, i.source, i.held_from) for i in view.identifiers] == [("customer_id", "crm", since)]
    assert [(c.masked, c.source, c.held_from) for c in view.contacts] == [("A***@example.com", "crm", since)]


def test_an_earlier_date_widens_and_a_later_one_does_not(desk: Desk) -> None:
    now = clock.micros()
    for since in (now - clock.DAY, now - 9 * clock.DAY, now - 2 * clock.DAY):
        desk.put(ANNA, held_from=since)
    assert [c.held_from for c in _view(desk, ANNA).contacts] == [now - 9 * clock.DAY]


def test_identifiers_of_one_issuer_are_not_those_of_another(desk: Desk) -> None:
    desk.put({"customer_id": "4711"})
    with pytest.raises(NotFound):
        desk.subject({"loyalty_card": "4711"})


def test_nothing_of_one_realm_is_found_in_the_other(desk: Desk) -> None:
    known = desk.put(ANNA)
    tester = Desk(desk.programme, replace(OPERATOR, realm=Realm.TEST))
    with pytest.raises(NotFound):
        tester.subject(ANNA)
    with pytest.raises(NotFound):
        subjects.view(known, realm="test")
    assert tester.put(ANNA) != known


def test_accounts_named_together_are_linked_once_whatever_their_order(desk: Desk) -> None:
    for _ in range(2):
        desk.put({"customer_id": "C-1", "loyalty_card": "K-1"})
        desk.put({"loyalty_card": "K-1", "customer_id": "C-1"})
    assert _count(IdentityClaim) == 1
    assert len({s.group_id for s in session().scalars(sa.select(DataSubject))}) == 1


def test_a_claim_that_adds_nothing_now_is_kept_for_when_another_is_found_wrong(desk: Desk) -> None:
    desk.put({"customer_id": "C-1", "loyalty_card": "K-1"})
    desk.put({"customer_id": "C-2", "loyalty_card": "K-1"})
    known = _count(IdentityClaim)
    assert known == 2
    desk.retire(desk.subject({"customer_id": "C-2"}))
    named = ({"customer_id": "C-1"}, {"loyalty_card": "K-1"}, {"customer_id": "C-2"})
    one, card, two = (session().get_one(DataSubject, desk.subject(who)).group_id for who in named)
    assert one == card != two


def test_a_shared_device_links_nobody(desk: Desk) -> None:
    desk.put({"customer_id": "C-1", "device_id": "D-1"})
    desk.put({"customer_id": "C-2", "device_id": "D-1"})
    assert _count(IdentityClaim) == 0


def test_a_merge_moves_no_row_and_an_unmerge_leaves_none(desk: Desk) -> None:
    one, other = desk.put(ANNA), desk.put({"customer_id": "C-2"})
    rows = {s.id: s.kind for s in session().scalars(sa.select(DataSubject))}
    desk.merge(ANNA, {"customer_id": "C-2"})
    assert set(_view(desk, ANNA).members) == {one, other}
    desk.unmerge(ANNA, {"customer_id": "C-2"})
    assert _view(desk, ANNA).members == (one,)
    session().expire_all()
    assert {s.id: s.kind for s in session().scalars(sa.select(DataSubject))} == rows


def test_versions_never_fall_through_merge_and_unmerge(desk: Desk) -> None:
    desk.put(ANNA)
    for _ in range(3):
        desk.record(ANNA, "give")
    desk.put({"customer_id": "C-2"})
    seen = [_view(desk, ANNA).version]
    for change in (desk.merge, desk.unmerge, desk.merge, desk.unmerge):
        change(ANNA, {"customer_id": "C-2"})
        session().expire_all()
        seen.append(_view(desk, ANNA).version)
    assert seen == sorted(set(seen))


def test_nobody_is_merged_with_themselves_or_parted_from_a_stranger(desk: Desk) -> None:
    desk.put(ANNA)
    desk.put({"customer_id": "C-2"})
    with pytest.raises(InvalidInput):
        desk.merge(ANNA, ANNA)
    with pytest.raises(NotMerged):
        desk.unmerge(ANNA, {"customer_id": "C-2"})


def test_a_standing_is_the_persons_until_it_ends(desk: Desk) -> None:
    desk.put(ANNA, ["restricted"])
    assert _view(desk, ANNA).standing == Standing.RESTRICTED
    desk.set(ANNA, {Standing.RESTRICTED: False})
    session().expire_all()
    assert _view(desk, ANNA).standing == Standing(0)


def test_a_contact_is_revealed_for_sending_and_masked_for_showing(desk: Desk) -> None:
    desk.put(ANNA)
    [contact] = _view(desk, ANNA).contacts
    assert subjects.reveal_contact(contact.id) == "Anna.Nowak@example.com"
    assert subjects.masked_value(Driver.of(session()), contact.id) == {"email": "A***@example.com"}


def test_a_retired_contact_that_returns_is_held_again(desk: Desk) -> None:
    known = desk.put(ANNA)
    contact = desk.contact({"email": ANNA["email"]})
    with unit_of_work():
        subjects.retire_contact(known, ContactKind.EMAIL, contact.index, actor=OPERATOR, at=clock.micros())
    assert _view(desk, ANNA).contacts[0].held_until is not None
    desk.put(ANNA)
    session().expire_all()
    assert _view(desk, ANNA).contacts[0].held_until is None


def test_no_identifier_is_stored_in_plaintext(desk: Desk) -> None:
    desk.put({"customer_id": "C-10017"})
    [row] = session().scalars(sa.select(AccountIdentifier))
    assert b"10017" not in row.value_enc + row.value_bidx + row.sha256_bidx


def test_an_unknown_name_and_nobody_at_all_are_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="Known are"):
        desk.name({"pesel": "44051401359"})
    with pytest.raises(InvalidInput, match="Name the person"):
        desk.name({})
