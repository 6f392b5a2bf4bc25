"""How many of what, as every page, paper and message says it."""


def counted(number: int, singular: str, plural: str = "") -> str:
    """1 event; 2,554 events; with `many` for what takes no s: 2 queries."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"
