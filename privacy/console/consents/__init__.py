"""Consents without names: counted, one by one with their proof, those without effect, imports, annulments."""
