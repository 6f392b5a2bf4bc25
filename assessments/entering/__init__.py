"""A form being entered: what is set aside, what *complete* needs."""
