"""Time as the law counts it: periods, working days and hours of Regulation (EEC, Euratom) No 1182/71.

Pure, and below every room: it knows a country, a zone and days, no programme and no database. Public holidays come from
the `holidays` package with dated overrides on top.
"""
