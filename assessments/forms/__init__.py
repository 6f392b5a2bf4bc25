"""The Django forms that check what was entered, whichever way it came."""
