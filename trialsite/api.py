"""What all of the API shares: errors told the same way as the pages do."""
