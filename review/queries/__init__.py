"""The lists, pages and files of queries."""
