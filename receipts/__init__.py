"""Which requests were answered already."""
