"""The reports of the console: made at once, made in the background, and made by schedule."""
