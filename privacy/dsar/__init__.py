"""Data subject requests (GDPR Art. 12, 15 to 22), and the other cases that come by letter."""
