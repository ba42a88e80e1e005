"""Erasure (GDPR Art. 17): what is deleted, what remains and until when, and the proof of both."""
