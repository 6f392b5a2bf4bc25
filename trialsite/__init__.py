"""The roof: settings and root addresses, imported by nothing."""
