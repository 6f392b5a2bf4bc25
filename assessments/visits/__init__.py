"""Which form belongs to which visit, what is due, on which day a visit took place, and so which version judges."""
