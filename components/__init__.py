"""The visual language: template tags, how days and numbers are asked for and written, how a file is taken in.

And why a list is empty.
"""
