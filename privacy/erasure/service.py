"""Erasure: the doors that other rooms use. A person out, a certificate of what went and what remains."""

from __future__ import annotations

from privacy.erasure.audited import audited_rows
from privacy.erasure.cases import Letter, LetterWanted, cause_of, letter_of, letter_pdf
from privacy.erasure.certificate import Certificate, ErasureView, Form, certificate_of, view
from privacy.erasure.erasing import Erased, Planned, erase_returned, erase_subject, plan_erasure
from privacy.erasure.failures import ErasureNotFound, EvidenceRecordNotFound, NoLetter, SeveralPeople
from privacy.erasure.meant import the_one
from privacy.erasure.reading import Found, open_record, request_opening, search_records
from privacy.erasure.replaying import index_of_tombstone, replay_tombstone
from privacy.erasure.terms import Eraser, Terms, install, needed_above
from privacy.erasure.tombstones import is_erased, tombstone_index, tombstones_of
from privacy.erasure.upkeep import delete_ended_cases, delete_ended_tombstones, destroy_expired_evidence
from privacy.erasure.words import Words, words

__all__ = [
    "Certificate",
    "Erased",
    "Eraser",
    "ErasureNotFound",
    "ErasureView",
    "EvidenceRecordNotFound",
    "Form",
    "Found",
    "Letter",
    "LetterWanted",
    "NoLetter",
    "Planned",
    "SeveralPeople",
    "Terms",
    "Words",
    "audited_rows",
    "cause_of",
    "certificate_of",
    "delete_ended_cases",
    "delete_ended_tombstones",
    "destroy_expired_evidence",
    "erase_returned",
    "erase_subject",
    "index_of_tombstone",
    "install",
    "is_erased",
    "letter_of",
    "letter_pdf",
    "needed_above",
    "open_record",
    "plan_erasure",
    "replay_tombstone",
    "request_opening",
    "search_records",
    "the_one",
    "tombstone_index",
    "tombstones_of",
    "view",
    "words",
]
