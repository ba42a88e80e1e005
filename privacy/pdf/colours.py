"""The colours of documents and charts: told apart by the colour-blind too, and dark enough (WCAG 2.2, 1.4.11)."""

from __future__ import annotations

from reportlab.lib.colors import HexColor

INK = HexColor("#1f2937")
QUIET = HexColor("#4b5563")
RULE = HexColor("#d1d5db")
SHADE = HexColor("#f3f4f6")
PAPER = HexColor("#ffffff")

#: Of bars.
WHOLE = HexColor("#475569")
FALLING = HexColor("#c2410c")
RESULT = HexColor("#0f766e")
