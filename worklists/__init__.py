"""What waits at a site, and what it is told each morning."""
