"""Amendments of the protocol: what one would change, how it takes force, where it is approved."""
