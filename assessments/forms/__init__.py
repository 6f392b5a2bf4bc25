"""The Django forms by which pages, API and imports check what was entered."""
