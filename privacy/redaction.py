"""What looks like a person or a secret, taken out of a text: the second line of defence of the logs.

The first is that nothing of the kind is handed to a logger. Shapes are wide rather than exact: a number too many that
is hidden costs a look elsewhere, one too few cannot be taken back. Identifiers of ours (UUIDs, trace ids, digests) and
times are left to stand.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

REDACTED = "[redacted]"

#: Names of fields whose value is never shown, whatever it is.
_SECRET_FIELD = re.compile(
    r"(^|_)(e?mail|e_mail|phone|telephone|telefon|address|first_name|last_name|full_name|surname|pesel|nip|iban|card|birth\w*"
    r"|ip|ipv4|ipv6|user_agent|key|secret|password|passphrase|passwd|pin|otp|share|shares|mnemonic|token|jwt|bearer"
    r"|authorization|credential|credentials|cookie|session|signature|body|payload|query|params|parameters|headers|url|uri"
    r"|recipient|contact|identifier|subject_ref|customer_id|username|login|confirmation_code|one_time_code|wrapped)(_|$)"
)
#: Fields that are hidden by their whole name alone: `exit_code` and `status_code` are none.
_SECRET_NAMES = frozenset({"code", "kod", "to", "value", "values", "who", "whom"})
#: Letters and digits that look like nothing in a font: they are how a number is split so that no shape is seen.
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_AT = r"(?:@|%40|&#64;|\\u0040|\s?[(\[{]\s?(?:at|małpa)\s?[)\]}]\s?)"
_DOT = r"(?:\.|%2[eE]|\s?[(\[{]\s?(?:dot|kropka)\s?[)\]}]\s?)"
#: In this order: what contains another shape comes before it. Each begins at a mark or where a word does, so that no
#: text takes longer than its length is worth.
_ANYWHERE = (
    re.compile(r"(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)*"),  # a JSON Web Token
    re.compile(r"prv_(?:live|test|staff)_[\w-]{5,}"),  # a key of ours, longer than the hint that may be shown
    re.compile(r"(?i)(?<=\bbearer )\s*\S+|(?<=\bbasic )\s*[\w+/=-]{6,}"),
    re.compile(r"(?<![\w-])(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)"),  # an access key of AWS
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)", re.DOTALL),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s]+(?=@)"),  # user and password in an address
    re.compile(r"(?<=\?)[^\s\"'<>?]+=[^\s\"'<>]*"),  # a query string
    re.compile(r'"[^"@]{1,64}"' + _AT + r"[^\s@<>\"']+"),  # an e-mail address with a quoted name
    re.compile(
        rf"(?<![^\s@<>\"'=:(\[{{])[^\s@<>\"'=:(\[{{]+{_AT}[^\s@<>\"'.%(\[{{]+(?:{_DOT}[^\s@<>\"'.,;%)\]}}]+)+",
        re.IGNORECASE,
    ),
    re.compile(r"(?i)(?<![\w.+-])[\w.+-]+ at [\w-]+(?: dot [\w-]+)+"),
    re.compile(r"(?i)(?<=\b(?:code|kod )\W)\s*\d{4,8}\b|(?<=\b(?:otp|pin)\W)\s*\d{4,8}\b"),  # a one-time code
)
#: Ours, and no personal data: nothing is taken out of the middle of one.
_KEPT = re.compile(
    r"((?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])"
    r"|(?<![\w-])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?!\w)"
    r"|(?<!\d)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?(?!\d))"
)
_BESIDE_KEPT = (
    re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,4})?(?!\w)"),
    # Nine digits and more: phones however they are written, PESEL, account and card numbers.
    re.compile(r"(?<!\d)(?<!\d[:.,])\+?\(?\d(?:[\s()./–—-]{0,3}\d){8,33}(?!\d)"),
)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\[?\.\]?){3}\d{1,3}(?![\d.]*\d)")
_IPV6 = re.compile(r"(?<![\w.])\[?((?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]{0,15})(?![\w:])")
#: This machine, and every address of it.
_HERE = {"127.0.0.1", "0.0.0.0", "::1", "::"}  # noqa: S104  # shown, not listened on
_LETTERS = re.compile(r"[A-Za-z]")
_IBAN_REST = 97


def redact(text: str) -> str:
    """The text with everything that looks like an address, a number of a person or a secret taken out."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    for shape in _ANYWHERE:
        text = shape.sub(REDACTED, text)
    parts = _KEPT.split(text)
    parts[::2] = [_beside_kept(part) for part in parts[::2]]
    return "".join(parts)


def is_secret_field(name: str) -> bool:
    """Whether a field of that name is never shown."""
    lower = name.lower().replace("-", "_")
    return lower in _SECRET_NAMES or _SECRET_FIELD.search(lower) is not None


def _beside_kept(text: str) -> str:
    text = _IPV4.sub(_unless_here, text)
    text = _IPV6.sub(_if_address, text)
    iban, number = _BESIDE_KEPT
    return number.sub(REDACTED, iban.sub(_if_iban, text))


def _unless_here(found: re.Match[str]) -> str:
    return found[0] if found[0] in _HERE else REDACTED


def _if_address(found: re.Match[str]) -> str:
    """Times have colons too; only what is an IPv6 address goes."""
    try:
        address = str(ipaddress.IPv6Address(found[1].rstrip(".")))
    except ValueError:
        return found[0]
    return found[0] if address in _HERE else found[0].replace(found[1], REDACTED)


def _if_iban(found: re.Match[str]) -> str:
    """Words have the shape too; only what has its check digits goes, or has no letters beyond its country."""
    plain = re.sub(r"[ -]", "", found[0]).upper()
    digits = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
    whole = int(digits) % _IBAN_REST == 1
    return REDACTED if whole or not _LETTERS.search(plain[2:]) else found[0]
