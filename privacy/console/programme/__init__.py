"""The programme: shown as people read it, edited as plan and apply."""
