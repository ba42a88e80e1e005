"""Who asked about whom: counted in memory by person, client and day, written every few seconds, kept 12 months."""
