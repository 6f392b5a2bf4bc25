"""What the protocol file asks of the case forms."""
