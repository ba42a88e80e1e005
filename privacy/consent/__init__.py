"""Consent acts, the fold over them, and decisions."""
