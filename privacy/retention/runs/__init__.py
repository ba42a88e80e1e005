"""Disposal runs: counted, agreed to, carried out batch by batch, certified."""
