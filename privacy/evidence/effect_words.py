"""What became of an act, and why one has no effect, in the words of the summary's languages."""

from __future__ import annotations

from privacy.consent.service import Effect, NoEffect

#: Code -> English, Polish, Croatian.
_EFFECTS: dict[str, tuple[str, str, str]] = {
    Effect.RELIED_ON: ("it is relied on", "podstawa obecnej decyzji", "na njoj se temelji odluka"),
    Effect.REPLACED: ("replaced by a later one", "zastąpione późniejszym", "zamijenjeno kasnijim"),
    Effect.OUTWEIGHED: ("outweighed by a no", "uchylone odmową lub wycofaniem", "nadjačano odbijanjem"),
    Effect.UNPROVEN: ("the proof is not enough", "niewystarczający dowód", "dokaz nije dovoljan"),
    Effect.NOT_EXPLICIT: ("not explicit, as it must be", "nie jest wyraźne, a musi być", "nije izričito, a mora biti"),
    Effect.WORDING_GONE: ("its wording does not count", "treść nie jest uznawana", "tekst se ne uvažava"),
    Effect.SUPERSEDED: ("a newer wording demands a new one", "nowa treść wymaga nowej zgody", "novi tekst traži novu"),
    Effect.EXPIRED: ("expired", "wygasło", "isteklo"),
    Effect.UNCONFIRMED: ("not confirmed", "niepotwierdzone", "nije potvrđeno"),
    Effect.MINOR: ("of a minor, without a parent", "osoby małoletniej, bez opiekuna", "maloljetnika, bez roditelja"),
    Effect.CONTACT_UNKNOWN: ("no contact it could cover", "brak kontaktu, którego dotyczy", "nema kontakta"),
    Effect.CONTACT_REASSIGNED: ("the contact is somebody else's now", "kontakt innej osoby", "kontakt druge osobe"),
    Effect.IDENTIFIERS_DISAGREE: ("identifiers disagree", "sprzeczne identyfikatory", "identifikatori se ne slažu"),
    Effect.NOT_NEEDED: ("not needed on this legal basis", "zbędne przy tej podstawie", "nije potrebno na toj osnovi"),
    Effect.WITHOUT_EFFECT: ("without effect", "bez skutku", "bez učinka"),
    Effect.ANNULLED: ("annulled", "unieważnione", "poništeno"),
    Effect.MERGE_ENDED: ("entered by a merge that ended", "z połączenia, które się skończyło", "spajanje je završilo"),
    Effect.PURPOSE_GONE: ("the purpose is no more", "celu już nie ma", "svrhe više nema"),
    Effect.STANDS: ("stands", "obowiązuje", "vrijedi"),
    Effect.OUTLIVED: ("followed by a later consent", "później wyrażono zgodę", "kasnije je dana privola"),
    Effect.CONFIRMS: ("confirms a consent", "potwierdza zgodę", "potvrđuje privolu"),
    Effect.CONFIRMS_NOTHING: ("confirms nothing", "niczego nie potwierdza", "ne potvrđuje ništa"),
    Effect.LIFTS: ("lifts an objection", "cofa sprzeciw", "povlači prigovor"),
    Effect.NOTED: ("noted", "odnotowane", "zabilježeno"),
    Effect.TAKES_OUT: ("annuls another act", "unieważnia inne oświadczenie", "poništava drugu izjavu"),
}
_REASONS: dict[str, tuple[str, str, str]] = {
    NoEffect.FUTURE_CLAIM: ("dated in the future", "data w przyszłości", "datum u budućnosti"),
    NoEffect.NO_DATE: ("no date", "brak daty", "nema datuma"),
    NoEffect.PAIR_UNKNOWN: ("purpose without this channel", "cel bez tego kanału", "svrha bez tog kanala"),
    NoEffect.WORDING_MISSING: ("no wording is named", "nie wskazano treści", "tekst nije naveden"),
    NoEffect.WORDING_UNKNOWN: ("the wording is not known", "treść nie jest znana", "tekst nije poznat"),
    NoEffect.WORDING_NOT_IN_FORCE: ("the wording was not in force", "treść nie obowiązywała", "tekst nije vrijedio"),
    NoEffect.WORDING_OTHER_PURPOSE: ("wording of another purpose", "treść dla innego celu", "tekst za drugu svrhu"),
    NoEffect.TEXT_MISMATCH: ("another text was shown", "pokazano inny tekst", "prikazan je drugi tekst"),
    NoEffect.CONTACT_UNKNOWN: ("no contact it could cover", "brak kontaktu, którego dotyczy", "nema kontakta"),
    NoEffect.IDENTIFIERS_DISAGREE: (
        "identifiers disagree",
        "identyfikatory są sprzeczne",
        "identifikatori se ne slažu",
    ),
    NoEffect.INSUFFICIENT_PROOF: ("the proof is not enough", "niewystarczający dowód", "dokaz nije dovoljan"),
}
_LANGUAGES = ("en", "pl", "hr")


def effect_in(language: str, code: str) -> str:
    """What became of an act; the code itself where it was altered into none."""
    return _in(language, code, _EFFECTS)


def reason_in(language: str, code: str) -> str:
    """Why an act has no effect; the code itself where it was altered into none."""
    return _in(language, code, _REASONS)


def _in(language: str, code: str, texts: dict[str, tuple[str, str, str]]) -> str:
    return texts[code][_LANGUAGES.index(language)] if code in texts else code
