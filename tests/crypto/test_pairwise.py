"""Pairwise references: each client has its own, and two clients can't join theirs."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring
from privacy.crypto.pairwise import Pairwise

RING = Keyring.generate()
SHOP = Pairwise(RING, UUID(int=1))
PARTNER = Pairwise(RING, UUID(int=2))


@given(st.uuids())
def test_a_reference_leads_back_for_its_client_and_kind_only(value: UUID) -> None:
    reference = SHOP.hide("subject", value)
    assert SHOP.reveal("subject", reference) == value
    assert PARTNER.reveal("subject", reference) != value
    assert SHOP.reveal("act", reference) != value


@given(st.uuids())
def test_clients_cannot_compare_references(value: UUID) -> None:
    assert len({value, SHOP.hide("subject", value), PARTNER.hide("subject", value), SHOP.hide("act", value)}) == 4


def test_a_reference_is_the_same_each_time() -> None:
    assert SHOP.hide("subject", UUID(int=5)) == Pairwise(RING, UUID(int=1)).hide("subject", UUID(int=5))


def test_a_token_opens_for_its_client_and_kind_only() -> None:
    token = SHOP.seal("token", b"version 7")
    assert SHOP.open("token", token) == b"version 7"
    for client, kind in ((PARTNER, "token"), (SHOP, "cursor")):
        with pytest.raises(SealBroken):
            client.open(kind, token)
