"""What leaves the system as PDF."""
