"""The roof, imported by nothing: settings, root addresses, the frame of pages, health, the age of backups, faults."""
