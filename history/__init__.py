"""What the record said at any past moment, read from the trail."""
