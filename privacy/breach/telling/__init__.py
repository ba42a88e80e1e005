"""The communication to the persons (Art. 34)."""
