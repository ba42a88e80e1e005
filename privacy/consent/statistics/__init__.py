"""How many consents are given, refused and taken back: counts that follow the log and say nothing of anybody."""
