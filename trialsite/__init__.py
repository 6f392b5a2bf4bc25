"""The roof, imported by nothing: settings, root addresses, the frame of every page, health, the age of backups, faults."""
