"""The controller's logo: a picture whose content is what its name says, made anew so that nothing else comes along.

PNG, JPEG and WebP only. An SVG is a document that may hold scripts, styles and addresses, and is none of these.
"""

from __future__ import annotations

import io
import pathlib
import warnings
from dataclasses import dataclass

#: Bytes of the file, and of what a page then loads: the whole first page stays under 100 kB.
LARGEST_FILE, LARGEST = 500_000, 25_000
#: Points of the picture as it comes, and as it is shown on a screen with two points for one.
MOST_POINTS, _SHOWN = (4_000, 4_000), (480, 96)
_TYPES = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}
_ENDINGS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


@dataclass(frozen=True)
class Logo:
    """The picture as it is served."""

    content: bytes
    ending: str
    media_type: str
    #: As it is shown, in CSS pixels.
    width: int
    height: int


def read(file: pathlib.Path) -> Logo:
    """The logo of a file; raises ValueError, whose text says what is wrong and what would be right."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError:
        raise ValueError(f"{file} cannot be opened.") from None
    if len(raw) > LARGEST_FILE:
        raise ValueError(f"{file.name} is larger than {LARGEST_FILE // 1000} kB.")
    wanted = _ENDINGS.get(file.suffix.lower())
    if wanted is None:
        raise ValueError(f"{file.name} must be a PNG, JPEG or WebP; an SVG may hold scripts and is not taken.")
    return _made_anew(raw, wanted, file.name)


def _made_anew(raw: bytes, wanted: str, name: str) -> Logo:
    from PIL import Image, ImageOps  # noqa: PLC0415  # most installations have no logo, and it is slow to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=[wanted]) as opened:
                if opened.width > MOST_POINTS[0] or opened.height > MOST_POINTS[1]:
                    raise ValueError(f"{name} has {opened.width} by {opened.height} points; at most {MOST_POINTS[0]}.")
                picture = ImageOps.exif_transpose(opened)
                picture = picture.convert("RGB" if wanted == "JPEG" else "RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(f"{name} is no {wanted} picture, whatever its name says, or it is damaged.") from None
    picture.thumbnail(_SHOWN)
    # A comment and a colour profile would be saved with it.
    picture.info.clear()
    made = io.BytesIO()
    # What is saved is the points alone: no place, camera or comment that the file had.
    picture.save(made, wanted, **({"optimize": True} if wanted == "PNG" else {"quality": 85}))
    if made.tell() > LARGEST:
        raise ValueError(f"{name} still has {made.tell() // 1000} kB when it is shown; {LARGEST // 1000} are the most.")
    ending, media_type = _TYPES[wanted]
    return Logo(made.getvalue(), ending, media_type, (picture.width + 1) // 2, (picture.height + 1) // 2)
