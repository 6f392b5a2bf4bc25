"""Files that people open in a spreadsheet: as those of the trail."""

from audit.spreadsheet import Echo, as_text

__all__ = ["Echo", "as_text"]
