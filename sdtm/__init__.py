"""Reads SDTM data into the record."""
