"""How well two colours can be told apart (WCAG 2.2, 1.4.3), and the nearest colour that can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence

Colour = tuple[int, int, int]

#: Of text of any size (WCAG 2.2, 1.4.3).
LEAST = 4.5
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 256


def read(text: str) -> Colour:
    """A colour like `#0b5c78`; raises ValueError."""
    if not _HEX.fullmatch(text):
        raise ValueError("a colour is # and six hexadecimal digits")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def written(colour: Colour) -> str:
    """The colour as `read` takes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def ratio(one: Colour, other: Colour) -> float:
    """From 1, which is the same, to 21, which is black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(one: Colour, other: Colour, part: float) -> Colour:
    """One colour with that part of another."""
    return (
        round(one[0] + (other[0] - one[0]) * part),
        round(one[1] + (other[1] - one[1]) * part),
        round(one[2] + (other[2] - one[2]) * part),
    )


def least_ratio(colour: Colour, grounds: Sequence[Colour]) -> float:
    """The worst of its contrasts with several grounds."""
    return min(ratio(colour, ground) for ground in grounds)


def nearest(colour: Colour, grounds: Sequence[Colour]) -> Colour:
    """The colour, or the one nearest to it, darker or lighter, that can be read on all of these grounds."""
    towards = max((BLACK, WHITE), key=lambda end: least_ratio(end, grounds))
    tried = (mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(one for one in tried if least_ratio(one, grounds) >= LEAST)


def text_on(ground: Colour) -> Colour:
    """Black or white, whichever reads better on it."""
    return max((WHITE, BLACK), key=lambda ink: ratio(ink, ground))


def _luminance(colour: Colour) -> float:
    """Relative luminance, as WCAG defines it."""
    red, green, blue = (_linear(one / 255) for one in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
