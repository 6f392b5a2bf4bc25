"""What the trail shows: its page, its file, its filter, and its events in words."""
