"""Which items, words and answers the protocol file asks for."""
