"""Filled forms as they are read."""
