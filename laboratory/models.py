"""What a laboratory counts as normal."""
