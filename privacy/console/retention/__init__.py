"""The workbench of retention: rules and their forecast, disposal runs, warnings, legal holds, upkeep of data."""
