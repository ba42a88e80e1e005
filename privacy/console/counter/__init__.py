"""One customer's choices for whoever serves her: at the counter, or on the telephone."""
