"""What will be disposed of when, what is held back, and what is kept past its date."""
