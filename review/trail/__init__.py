"""The page, the file and the filter of the trail."""
