"""The protocol in words: the page that every role reads, and the same as PDF."""
