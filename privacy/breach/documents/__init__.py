"""What is written about a breach: notifications to the authority, the register."""
