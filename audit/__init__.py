"""What changed, by whom, why: the trail, its seal, the log of access, and how a file leaves."""
