"""Why a value that had been complete changes: the list to choose from, and the words of one's own."""

from collections.abc import Mapping

REASONS = (
    ("Data entry error", "Data entry error"),
    ("Source was corrected", "Source was corrected"),
    ("Result received later", "Result received later"),
    ("Answer to a query", "Answer to a query"),
    ("Re-read or re-measured", "Re-read or re-measured"),
    ("Other", "Other: say what"),
)


def reason_given(data: Mapping[str, str]) -> str:
    """The reason as the trail keeps it; "Other" alone says nothing and counts as none."""
    chosen, words = data.get("change_reason", "").strip(), data.get("change_reason_text", "").strip()
    if chosen not in dict(REASONS) or (chosen == "Other" and not words):
        return words if chosen else ""
    return f"{chosen}: {words}" if words else chosen
