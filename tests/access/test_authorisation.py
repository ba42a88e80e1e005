"""An authorisation on paper: in three languages, whole, and the same bytes each time."""

from __future__ import annotations

import io

import pypdf
import pytest
import time_machine

from privacy import clock
from privacy.access import service as access
from privacy.access.authorisation import WORDS, authorisation
from privacy.authz.actors import OPERATOR, OPERATOR_ID
from privacy.authz.roles import StaffRole
from privacy.db import unit_of_work

pytestmark = pytest.mark.usefixtures("context")
SAID = {
    "pl": ("Upoważnienie do przetwarzania danych osobowych nr 1", "kontroler: tylko odczyt", "art. 32 ust. 4"),
    "en": ("Authorisation to process personal data No. 1", "inspector: reads only", "32(4)"),
    "hr": ("Ovlaštenje za obradu osobnih podataka br. 1", "inspektor: samo čita", "članka 32."),
}


@pytest.mark.parametrize("locale", SAID)
def test_it_says_who_may_what_until_when_and_who_gave_it(locale: str, frozen: time_machine.Traveller) -> None:
    with unit_of_work():
        ewa = access.create_staff("Łucja <b>Żak</b>", "ewa@example.com", actor=OPERATOR, role="none")
    until = clock.micros() + 30 * clock.DAY
    with unit_of_work():
        wanted = access.Wanted(StaffRole.INSPECTOR, "an audit", scope="jarzebina", valid_until=until)
        grant = access.grant(ewa.id, wanted, actor=OPERATOR)
    made = [
        authorisation(grant, locale, controllers={"jarzebina": "Jarzębina sp. z o.o."}, names={OPERATOR_ID: "operator"})
        for _ in range(2)
    ]
    assert made[0] == made[1]
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made[0])).pages)
    plain = " ".join(text.split())
    for said in (*SAID[locale], "Łucja <b>Żak</b>", "Jarzębina sp. z o.o.", "operator"):
        assert said in plain


def test_every_role_has_words_in_every_language() -> None:
    for words in WORDS.values():
        assert words.keys() == WORDS["en"].keys()
        assert {role.value for role in StaffRole} <= words.keys()
