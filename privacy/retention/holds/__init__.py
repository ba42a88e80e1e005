"""Legal holds: who is held, and the gate that every deletion goes through."""
