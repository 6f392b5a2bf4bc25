"""Filled forms as they are read, and what is withheld because it identifies a subject."""
