"""What an e-mail address looks like without what people mistype. Pure.

Only to find people who may be one, for staff to decide: nobody is joined by it, since some providers tell `j.nowak`
from `jnowak`.
"""

from __future__ import annotations

from functools import lru_cache

#: Where private people have their mail, as they write it; long enough that one wrong letter makes no other of them.
_COMMON = (
    *("gmail.com", "outlook.com", "hotmail.com", "icloud.com", "yahoo.com", "proton.me", "protonmail.com"),
    *("interia.pl", "interia.eu", "gazeta.pl", "poczta.fm", "poczta.onet.pl", "vodafone.pl", "neostrada.pl"),
    *("live.com", "msn.com", "onet.pl", "onet.eu", "tlen.pl", "wp.pl", "o2.pl", "op.pl", "net.hr", "inet.hr"),
    # One letter from the first, and in use.
    *("mail.com", "ymail.com", "email.com"),
)
_OTHER_NAMES = {"googlemail.com": "gmail.com", "poczta.onet.pl": "onet.pl", "poczta.interia.pl": "interia.pl"}
#: Of shorter ones a wrong letter makes another domain that is in use.
_LONG_ENOUGH = 8


def likeness(address: str) -> str:
    """The form, of an address as it is compared; equal ones may be one person's."""
    local, _, domain = address.lower().rpartition("@")
    plain = local.partition("+")[0].replace(".", "")
    return f"{plain or local}@{_domain(domain)}"


@lru_cache(maxsize=4096)  # a company's people have their mail at few places
def _domain(domain: str) -> str:
    domain = _OTHER_NAMES.get(domain, domain)
    if domain in _COMMON:
        return domain
    near = [one for one in _COMMON if len(one) >= _LONG_ENOUGH and _one_slip_apart(domain, one)]
    return near[0] if len(near) == 1 else domain


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter is wrong, too many, missing, or two that stand together changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[at:], other[at:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )
