"""Which form stands where, what is due, and what a visit's forms move."""
