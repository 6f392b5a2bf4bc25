"""Which group a subject is given."""
