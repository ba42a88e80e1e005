"""The form of the record of processing activities in a programme file (Art. 30)."""

from __future__ import annotations

from privacy.programme import kinds
from privacy.programme.form import record
from privacy.programme.kinds import one_of, ref, some, text, text_or_texts, texts
from privacy.programme.vocabulary import LegalBasis

#: Art. 15(1)(h), 22.
_AUTOMATED = record(("logic", texts), ("significance", texts), ("consequences", texts))
_CATEGORIES = some(ref("data_categories", "data category"))
_PROCESSORS = some(ref("processors", "processor"))
_RETENTION = ref("retention_rules", "retention rule")

REPRESENTATIVE = record(("name", text), ("address", text), ("email", kinds.email), ("phone", kinds.phone, None, True))

ACTIVITY = record(
    ("code", kinds.code),
    ("controllers", some(ref("controllers", "controller"), least=1)),
    ("unit", text, None, True),
    ("names", texts),
    ("purposes", some(ref("purposes", "purpose")), []),
    ("purpose_descriptions", texts, None, True),
    ("legal_basis", one_of(LegalBasis)),
    ("statute", text, None),
    ("legitimate_interest", text_or_texts, None),
    ("persons", texts),
    ("data_categories", _CATEGORIES),
    ("source", text_or_texts, None, True),
    ("recipients", some(ref("recipients", "recipient")), []),
    ("processors", _PROCESSORS, []),
    ("systems", some(ref("systems", "system")), None, True),
    ("retention_rule", _RETENTION),
    (
        "category_retention",
        some(
            record(
                ("data_categories", some(ref("data_categories", "data category"), least=1)),
                ("retention_rule", _RETENTION),
            )
        ),
        None,
        True,
    ),
    ("security", text),
    ("impact_assessment", text, None),
    ("automated_decision", _AUTOMATED, None, True),
)

ON_BEHALF = record(
    ("code", kinds.code),
    ("processor", ref("controllers", "controller")),
    (
        "on_behalf_of",
        record(("name", text), ("contact", text), ("representative", text, None, True), ("dpo", text, None, True)),
    ),
    ("categories", texts),
    ("processors", _PROCESSORS, None, True),
    (
        "transfers",
        some(record(("country", kinds.country), ("recipient", text), ("safeguard", text))),
        None,
        True,
    ),
    ("agreement", text, None, True),
    ("security", text),
)
