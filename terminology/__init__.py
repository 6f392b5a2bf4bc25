"""What a term of a dictionary is."""
