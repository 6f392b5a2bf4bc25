"""How statements reach PostgreSQL: the engine, whose rows are shown, prepared reads."""
