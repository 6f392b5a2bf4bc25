"""How many of what, as every page, paper and message says it."""


def counted(number: int, one: str, many: str = "") -> str:
    """1 event; 2,554 events; with `many` for what takes no s: 2 queries."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
