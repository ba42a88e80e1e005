"""Envelope, keyring, owner keys and blind indexes. Knows no domain word."""
