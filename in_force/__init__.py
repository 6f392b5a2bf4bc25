"""Which protocol file this installation follows since when, and what is said of a file that differs from it."""
