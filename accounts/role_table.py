"""The table of roles in docs/users.md, written from accounts.roles: `make role-table`."""

from pathlib import Path

from accounts.roles import ROLES

MANUAL = Path(__file__).parents[1] / "docs/users.md"
HEAD = "| you are | you see first | you mainly |\n|---|---|---|\n"


def table() -> str:
    """A line for each role, in the order of their weight."""
    lines = (f"| {role.label} | {known.sees_first} | {known.mainly} |\n" for role, known in ROLES.items())
    return HEAD + "".join(lines)


def with_table(text: str) -> str:
    """The manual with the table as it should be. Raises ValueError where it has none."""
    before, head, after = text.partition(HEAD)
    if not head:
        raise ValueError(f"{MANUAL.name} has no table of roles")
    return before + table() + after[after.index("\n\n") + 1 :]


def write() -> None:
    MANUAL.write_text(with_table(MANUAL.read_text()))


if __name__ == "__main__":
    write()
