"""All that each role reads of a trial: pages by the links that lead to them, files, the API; as plain text."""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.test import Client

from accounts.models import User
from tests.access.test_every_page_is_reached import links, route_of
from tests.printed import sheets

# Of each address so many rows are looked at: of the pages of forms each kind.
LOOKED_AT, OF_FORMS = 2, 40
# Its description is made when the addresses are read, of the file that the process began with: it has tests of its own.
NOT_READ = {"/api/v1/schema/", "/api/v1/docs/"}
BEGIN = ("/", "/api/v1/catalogue/")
FORMS = re.compile(r"forms/<")
# A token of a form is random.
SECRET = re.compile(r'csrf[^<>]{0,40}"[^"]{30,}"|value="[A-Za-z0-9]{64}"', re.IGNORECASE)


def read_by(user: User, read: Counter[str], *, begin: tuple[str, ...] = BEGIN) -> Iterator[tuple[str, str]]:
    """(address, text) of what links lead this user to. `read` counts by route what all users read: a file is the same
    for everybody, and pages of forms that somebody typed are for everybody who reads alike."""
    client = Client()
    client.force_login(user)
    waiting, seen, looked_at = [*begin], {*begin}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if route is None or address in NOT_READ:
            continue
        most = OF_FORMS if FORMS.search(route) else LOOKED_AT
        is_file = "." in address.rpartition("/")[2].partition("?")[0]
        if looked_at[route] >= most or (is_file and read[route]) or read[route] >= OF_FORMS:
            continue
        looked_at[route] += 1
        read[route] += 1
        response = client.get(address, follow=True)
        assert response.status_code < 400, (address, response.status_code)
        text = text_of(response)
        yield address, SECRET.sub("", text)
        if response.headers["Content-Type"].startswith("text/html"):
            at = response.redirect_chain[-1][0] if response.redirect_chain else address
            new = dict.fromkeys(link for link, is_posted in links(text, at) if not is_posted and link not in seen)
            seen |= new.keys()
            waiting += new


def lists_of_the_api() -> list[str]:
    """The addresses of all lists that the API's description tells of."""
    from drf_spectacular.generators import SchemaGenerator

    described = SchemaGenerator().get_schema(request=None, public=True)
    return [path for path, operations in described["paths"].items() if "get" in operations and "{" not in path]


def text_of(response: Any) -> str:
    kind = response.headers["Content-Type"]
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if kind == "application/pdf":
        return "\n".join(page.extract_text() for page in sheets(body))
    if "spreadsheet" in kind or "zip" in kind:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    if kind == "application/json":
        return json.dumps(json.loads(body), ensure_ascii=False, indent=0)
    return body.decode()
