"""The closed word lists of the facts of a breach: the options of the EDPB's common template and of UODO's form.

The values are what the machine-readable notification says; `words` has them in the languages of people.
"""

from __future__ import annotations

from enum import StrEnum


class Known(StrEnum):
    """How well a number is known."""

    EXACT = "exact"
    APPROXIMATE = "approximate"
    UNKNOWN = "unknown"  # it cannot be told
    TO_BE_DETERMINED = "to_be_determined"


class IdentifierKind(StrEnum):
    """By what a controller is identified."""

    REGON = "regon"
    NIP = "nip"
    KRS = "krs"
    VAT = "vat"
    LEI = "lei"
    OTHER = "other"


class Sector(StrEnum):
    """What the controller does."""

    RETAIL = "retail"
    FINANCE = "finance"
    INSURANCE = "insurance"
    HEALTH = "health"
    EDUCATION = "education"
    TELECOMMUNICATIONS = "telecommunications"
    TRANSPORT = "transport"
    ENERGY = "energy"
    TOURISM = "tourism"
    INFORMATION_TECHNOLOGY = "information_technology"
    INDUSTRY = "industry"
    PUBLIC_ADMINISTRATION = "public_administration"
    ASSOCIATION = "association"
    OTHER = "other"


class Size(StrEnum):
    """How large the controller is (Recommendation 2003/361/EC)."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Qualification(StrEnum):
    """As what another party is involved."""

    PROCESSOR = "processor"
    SUB_PROCESSOR = "sub_processor"
    JOINT_CONTROLLER = "joint_controller"
    OTHER_CONTROLLER = "other_controller"
    POSTAL_OPERATOR = "postal_operator"
    OTHER = "other"


class When(StrEnum):
    """What is known of when it happened."""

    POINT = "point"  # a day, or a day and hour
    RANGE = "range"
    ONGOING = "ongoing"
    UNDETERMINABLE = "undeterminable"
    TO_BE_DETERMINED = "to_be_determined"


class Discoverer(StrEnum):
    """Who found it."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    DATA_SUBJECT = "data_subject"
    THIRD_PARTY = "third_party"
    PRESS = "press"
    OTHER = "other"


class Nature(StrEnum):
    """What was lost (EDPB Guidelines 9/2022, 17)."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class Disclosed(StrEnum):
    """How far confidentiality was lost."""

    POSSIBLE = "possible"  # access was possible and is not established
    KNOWN_RECIPIENTS = "known_recipients"
    UNKNOWN_RECIPIENTS = "unknown_recipients"
    PUBLIC = "public"
    TO_BE_DETERMINED = "to_be_determined"


class Altered(StrEnum):
    """How far integrity was lost."""

    RECOVERABLE = "recoverable"
    NOT_RECOVERABLE = "not_recoverable"
    TO_BE_DETERMINED = "to_be_determined"


class Unavailable(StrEnum):
    """How far availability was lost."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    TO_BE_DETERMINED = "to_be_determined"


class Unintelligible(StrEnum):
    """Whether whoever has the data can make nothing of them (Art. 34(3)(a))."""

    YES = "yes"  # the protection is intact, and its key is safe
    LIKELY_BROKEN = "likely_broken"
    NO = "no"
    UNKNOWN = "unknown"


class IncidentKind(StrEnum):
    """What happened."""

    ABUSE_OF_ACCESS = "abuse_of_access"
    RANSOMWARE = "ransomware"
    MALWARE = "malware"
    PHISHING = "phishing"
    CREDENTIAL_ATTACK = "credential_attack"
    VULNERABILITY = "vulnerability"
    HACKING = "hacking"
    EXFILTRATION = "exfiltration"
    DENIAL_OF_SERVICE = "denial_of_service"
    WRONG_SUBJECT_SHOWN = "wrong_subject_shown"
    LOST_DEVICE = "lost_device"
    STOLEN_DEVICE = "stolen_device"
    E_WASTE = "e_waste"
    LOST_PAPER = "lost_paper"
    PAPER_DISPOSAL = "paper_disposal"
    LOST_POST = "lost_post"
    MISCONFIGURATION = "misconfiguration"
    DELETED = "deleted"
    WRONG_RECIPIENT = "wrong_recipient"
    NO_BCC = "no_bcc"
    MALFUNCTION = "malfunction"
    UNINTENDED_PUBLICATION = "unintended_publication"
    VERBAL = "verbal"
    OTHER = "other"


class Origin(StrEnum):
    """From where the cause came."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


class Intent(StrEnum):
    """Whether somebody meant it."""

    MALICIOUS = "malicious"
    NOT_MALICIOUS = "not_malicious"
    UNKNOWN = "unknown"


class PersonKind(StrEnum):
    """Whose data it is."""

    CUSTOMERS = "customers"
    PROSPECTS = "prospects"
    USERS = "users"
    SUBSCRIBERS = "subscribers"
    EMPLOYEES = "employees"
    CANDIDATES = "candidates"
    CONTRACTORS = "contractors"
    PATIENTS = "patients"
    PUPILS = "pupils"
    MINORS = "minors"
    VULNERABLE = "vulnerable"
    MEMBERS = "members"
    UNIFORMED = "uniformed"
    OTHER = "other"
    TO_BE_DETERMINED = "to_be_determined"


class DataKind(StrEnum):
    """Which data. UODO's form wants each named; the EDPB's groups are made of them."""

    NAMES = "names"
    PARENTS_NAMES = "parents_names"
    MOTHERS_MAIDEN_NAME = "mothers_maiden_name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    PESEL = "pesel"
    TAX_NUMBER = "tax_number"
    IDENTITY_DOCUMENT = "identity_document"
    CUSTOMER_NUMBER = "customer_number"
    CREDENTIALS = "credentials"
    BANK_ACCOUNT = "bank_account"
    PAYMENT = "payment"
    INCOME = "income"
    PURCHASES = "purchases"
    CONTRACTS = "contracts"
    EDUCATION = "education"
    EMPLOYMENT = "employment"
    FAMILY = "family"
    COMMUNICATIONS = "communications"
    BEHAVIOUR = "behaviour"
    LOCATION = "location"
    IMAGE = "image"
    ONLINE_IDENTIFIERS = "online_identifiers"
    RACIAL_ORIGIN = "racial_origin"
    POLITICAL_OPINIONS = "political_opinions"
    BELIEFS = "beliefs"
    TRADE_UNION = "trade_union"
    GENETIC = "genetic"
    BIOMETRIC = "biometric"
    HEALTH = "health"
    SEX_LIFE = "sex_life"
    SEXUAL_ORIENTATION = "sexual_orientation"
    CRIMINAL = "criminal"
    OTHER = "other"
    TO_BE_DETERMINED = "to_be_determined"

    @property
    def special(self) -> bool:
        """Whether it falls under Art. 9."""
        return self in _SPECIAL


_SPECIAL = frozenset(
    {
        DataKind.RACIAL_ORIGIN,
        DataKind.POLITICAL_OPINIONS,
        DataKind.BELIEFS,
        DataKind.TRADE_UNION,
        DataKind.GENETIC,
        DataKind.BIOMETRIC,
        DataKind.HEALTH,
        DataKind.SEX_LIFE,
        DataKind.SEXUAL_ORIENTATION,
    }
)


class Safeguard(StrEnum):
    """What protected the data before, or does since."""

    PSEUDONYMISATION = "pseudonymisation"
    ENCRYPTION = "encryption"
    BACKUP = "backup"
    ACCESS_CONTROL = "access_control"
    MULTI_FACTOR = "multi_factor"
    LOGGING = "logging"
    MONITORING = "monitoring"
    UPDATES = "updates"
    NETWORK = "network"
    PHYSICAL = "physical"
    POLICIES = "policies"
    TRAINING = "training"
    AUDITS = "audits"
    AGREEMENTS = "agreements"
    OTHER = "other"
    NONE = "none"


class Consequence(StrEnum):
    """What follows for the data from what was lost."""

    SPREAD_BEYOND_NEED = "spread_beyond_need"
    LINKED_WITH_OTHER_DATA = "linked_with_other_data"
    USED_FOR_OTHER_PURPOSES = "used_for_other_purposes"
    ALTERED_AND_USED = "altered_and_used"
    ALTERED_INTO_OTHER_VALID_DATA = "altered_into_other_valid_data"
    SERVICE_LOST = "service_lost"
    SERVICE_IMPAIRED = "service_impaired"
    OTHER = "other"


class Impact(StrEnum):
    """What may happen to the persons (recitals 75 and 85)."""

    LOSS_OF_CONTROL = "loss_of_control"
    LIMITED_RIGHTS = "limited_rights"
    DISCRIMINATION = "discrimination"
    IDENTITY_THEFT = "identity_theft"
    FRAUD = "fraud"
    FINANCIAL_LOSS = "financial_loss"
    REVERSAL_OF_PSEUDONYMISATION = "reversal_of_pseudonymisation"
    REPUTATION = "reputation"
    PROFESSIONAL_SECRECY = "professional_secrecy"
    THREAT_TO_SAFETY = "threat_to_safety"
    DISTRESS = "distress"
    UNWANTED_CONTACT = "unwanted_contact"
    OTHER = "other"
    NONE = "none"


class Severity(StrEnum):
    """How grave it is for the persons."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    TO_BE_DETERMINED = "to_be_determined"


class Told(StrEnum):
    """Whether the persons were told (Art. 34)."""

    YES = "yes"
    PLANNED = "planned"
    OPEN = "open"
    NO_HIGH_RISK = "no_high_risk"
    UNINTELLIGIBLE = "unintelligible"  # Art. 34(3)(a)
    RISK_REMOVED = "risk_removed"  # Art. 34(3)(b)
    PUBLIC_NOTICE = "public_notice"  # Art. 34(3)(c)


class Means(StrEnum):
    """By what the persons are told."""

    EMAIL = "email"
    LETTER = "letter"
    SMS = "sms"
    PHONE = "phone"
    IN_PERSON = "in_person"
    ACCOUNT = "account"  # a message in their account
    WEBSITE = "website"
    PRESS = "press"
    OTHER = "other"


class Answer(StrEnum):
    """Yes, no, or not known yet."""

    YES = "yes"
    NO = "no"
    TO_BE_DETERMINED = "to_be_determined"


class Phase(StrEnum):
    """Which notification to the authority it is (Art. 33(4))."""

    INITIAL = "initial"
    SUPPLEMENTARY = "supplementary"
    COMPLETE = "complete"  # the only one, or the last
    WITHDRAWAL = "withdrawal"  # it was no breach after all


class Risk(StrEnum):
    """What may follow for the persons, as the written assessment has it (Art. 33(1), 34(1))."""

    UNLIKELY = "unlikely"
    RISK = "risk"
    HIGH = "high"
