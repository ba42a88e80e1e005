"""Breaches in the console: the register, one breach from the first word to its end, and the drill."""
