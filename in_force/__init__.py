"""Which protocol this installation follows, since when, and what a file that differs from it is told."""
