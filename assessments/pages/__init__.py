"""What the pages of a case form are made of, beside the form itself."""
