"""The visual language: template tags, how days and numbers are asked for and written, why a list is empty."""
