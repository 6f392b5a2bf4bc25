"""The protocol in words, as a page and as PDF."""
