"""Personal data breaches: assessment, the 72-hour clock, notifications, the register (Art. 33, 34)."""
