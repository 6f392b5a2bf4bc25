"""What the address of a page names."""

from django.http import Http404, QueryDict

from values.numbers import read_key


def key_named(address: QueryDict, name: str) -> int | None:
    """The key that the address has under this name, None where it has none. Raises Http404 for what can be no key."""
    text = address.get(name, "")
    key = read_key(text)
    if text and key is None:
        raise Http404
    return key
