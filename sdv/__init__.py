"""What was compared with its source."""
