"""Systems that hold personal data: how each is reached, what it holds, and whether that still works."""
