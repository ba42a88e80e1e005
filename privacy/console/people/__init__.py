"""One person's file: opened for a reason that stands in the log, and for half an hour."""
