"""A form being entered: what was typed, what it takes and what waits."""
