"""Pages for the person whose data they are."""
