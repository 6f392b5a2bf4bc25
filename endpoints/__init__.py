"""What the record shows: response and survival, stored, drawn and explained."""
