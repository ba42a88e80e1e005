"""Shares of the root key: enough of them make it, one fewer never does, a wrong one is refused without its words."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from shamir_mnemonic import MnemonicError, combine_mnemonics

from privacy.crypto.keyring import Keyring, KeyringUnusable
from privacy.crypto.providers.shares import Gathering, Root, ShareRefused, SharesProvider, make_shares

#: The vectors of SLIP-39 itself: what it is, the shares, the secret in hexadecimal or nothing where they must not do.
VECTORS = json.loads(Path(__file__).with_name("slip39-vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[0].split(".")[0])
def test_the_library_agrees_with_the_vectors_of_the_standard(vector: tuple[str, list[str], str]) -> None:
    _, shares, secret = vector
    if secret:
        assert combine_mnemonics(shares, b"TREZOR").hex() == secret
    else:
        with pytest.raises(MnemonicError):
            combine_mnemonics(shares, b"TREZOR")


def test_any_three_of_five_make_the_key() -> None:
    root, made = make_shares(shares=5, threshold=3)
    for chosen in itertools.permutations(made, 3):
        assert _gathered(root, chosen) == root


def test_with_one_lost_too_many_nothing_is_made() -> None:
    root, made = make_shares(shares=5, threshold=3)
    for chosen in itertools.combinations(made, 2):
        gathering = Gathering(root.ceremony)
        for words in chosen:
            gathering.take(words)
        assert gathering.missing == 1
        with pytest.raises(ShareRefused, match="too few"):
            gathering.root()


def test_four_letters_of_each_word_will_do_in_any_case() -> None:
    root, made = make_shares(shares=3, threshold=2)
    short = [" ".join(word[:4].upper() for word in words.split()) + "\n" for words in made[:2]]
    assert _gathered(root, short) == root


def test_a_share_given_twice_counts_once() -> None:
    root, made = make_shares(shares=5, threshold=3)
    gathering = Gathering(root.ceremony)
    gathering.take(made[1])
    with pytest.raises(ShareRefused, match="Share 2 was given before"):
        gathering.take(made[1])
    assert gathering.missing == 2


def test_a_share_of_another_ceremony_is_refused_at_once_by_name() -> None:
    root, _ = make_shares(shares=5, threshold=3)
    _, others = make_shares(shares=5, threshold=3)
    with pytest.raises(ShareRefused, match="Share 4 is of another ceremony") as caught:
        Gathering(root.ceremony).take(others[3])
    _names_no_word(caught.value, others[3])


@pytest.mark.parametrize("damage", ["misspelt", "another word", "missing", "swapped", "empty", "one too many"])
def test_a_damaged_share_is_refused_and_none_of_its_words_shown(damage: str) -> None:
    root, made = make_shares(shares=5, threshold=3)
    words = made[0].split()
    if damage == "swapped":
        first = next(at for at in range(6, 30) if words[at] != words[at + 1])
        words[first], words[first + 1] = words[first + 1], words[first]
    else:
        wrong = "academic" if words[7] != "academic" else "acid"
        words = {
            "misspelt": [*words[:7], "qqqq", *words[8:]],
            "another word": [*words[:7], wrong, *words[8:]],
            "missing": words[:-1],
            "empty": [],
            "one too many": [*words, words[0]],
        }[damage]
    with pytest.raises(ShareRefused, match="damaged") as caught:
        Gathering(root.ceremony).take(" ".join(words))
    _names_no_word(caught.value, made[0])


def test_shares_that_make_another_key_do_not_open_the_ring(tmp_path: Path) -> None:
    root, _ = make_shares(shares=3, threshold=2)
    other, _ = make_shares(shares=3, threshold=2)
    # The numbers of two ceremonies may be the same by chance.
    forged = Root(other.secret, root.ceremony)
    Keyring.generate().under(SharesProvider(root)).save(tmp_path / "keyring.json")
    with pytest.raises(KeyringUnusable, match="does not open"):
        Keyring.load(tmp_path / "keyring.json", SharesProvider(forged))


def test_the_check_value_tells_roots_apart_and_is_not_the_root() -> None:
    one, _ = make_shares(shares=3, threshold=2)
    other, _ = make_shares(shares=3, threshold=2)
    assert one.check_value() == Root(one.secret, other.ceremony).check_value() != other.check_value()
    assert one.secret.hex() not in one.check_value()
    assert one.secret.hex() not in repr(one)
    assert repr(one.secret) not in repr(one)


def _gathered(root: Root, shares: list[str] | tuple[str, ...]) -> Root:
    gathering = Gathering(root.ceremony)
    for words in shares:
        gathering.take(words)
    return gathering.root()


def _names_no_word(error: ShareRefused, words: str) -> None:
    """A single word may be one of ours by chance, two in their order are not."""
    shown = f"{error} {error.detail} {error.extensions}".lower()
    assert not [pair for pair in itertools.pairwise(words.split()) if " ".join(pair) in shown]
    assert error.__suppress_context__ or error.__context__ is None
