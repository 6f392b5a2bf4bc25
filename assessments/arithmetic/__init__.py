"""What is computed of doses and sizes. Pure."""
