"""Whether the record can be trusted: queries, and the trail as pages show it."""
