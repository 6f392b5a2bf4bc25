"""Who is in the trial at which dose, when visits are due, and which version of the protocol holds."""
