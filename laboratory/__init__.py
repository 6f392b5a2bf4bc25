"""What a laboratory value means: its unit, range, flag and grade."""
