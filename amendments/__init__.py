"""What a new version of the protocol would change, and where it is approved. It takes force in cohorts.amendments."""
