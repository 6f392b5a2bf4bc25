"""Who looked through the trail and what was found."""
