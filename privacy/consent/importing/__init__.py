"""Imports of consent histories from other tools: files in, acts recorded, what could not be taken reported."""
