"""What harms a subject, who is told of it, and what the dose levels come to."""
