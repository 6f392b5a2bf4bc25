"""What has changed in the files since a subject was imported: said row by row, never taken over."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from django.db.models.functions import Upper

from cohorts.models import Subject
from sdtm import keys
from sdtm.ledger import Ledger
from sdtm.models import Source
from sdtm.reading import Row
from values.dates import shown_date

READ_BY_SOMEBODY = ("TU", "TR", "RS")
FRACTION = re.compile(r"-?\d+\.\d+")


def remember(subject: Subject, rows: Mapping[str, Sequence[Row]], reader: str) -> None:
    """Keep what this subject was imported from. Runs in the transaction of the import."""
    Source.objects.bulk_create(
        Source(subject=subject, domain=domain, reader=reader, digests=[digest(row) for row in of_domain])
        for domain, of_domain in rows.items()
    )


def digest(row: Row) -> str:
    """Of the values alone: their order, the row's place in its file and the file's format do not count."""
    stated = {name: _plain(value) for name, value in row.values.items() if value}
    return sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: str) -> str:
    """63.0 in one format is 63 in another."""
    return value.rstrip("0").rstrip(".") if FRACTION.fullmatch(value) else value


def sources_of(source_ids: Iterable[str]) -> dict[str, list[Source]]:
    """By USUBJID as it is compared. A subject from before this was kept has none."""
    sources: dict[str, list[Source]] = {}
    stored = Source.objects.annotate(key=Upper("subject__source_id")).filter(key__in=source_ids)
    for source in stored.select_related("subject"):
        sources.setdefault(keys.key(source.subject.source_id or ""), []).append(source)
    return sources


def compare(name: str, rows: Mapping[str, Sequence[Row]], sources: Iterable[Source], reader: str) -> Ledger:
    """The rows that are new or differ, and how many of those imported are no longer there."""
    ledger = Ledger()
    for source in sources:
        if source.domain in READ_BY_SOMEBODY and source.reader != reader:
            continue
        left, since = Counter(source.digests), f"since it was imported on {shown_date(source.imported_at)}"
        for row in rows.get(source.domain, ()):
            if left[digest(row)]:
                left[digest(row)] -= 1
            else:
                ledger.changed(row, f"the row is new or was changed {since}")
        if gone := left.total():
            nowhere = Row(source.domain, 0, {"USUBJID": name})
            ledger.changed(nowhere, f"{gone} of the rows were changed or removed {since}")
    return ledger
