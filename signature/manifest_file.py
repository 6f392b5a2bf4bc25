"""The manifest of signatures as a file: what belongs beside any file of the record's data, by the same form keys."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import QuerySet

from assessments.reading.held import held_under
from signature.manifest import Manifested, manifest
from signature.models import Signature
from signature.signing import WITH_FORM

CHUNK = 500
HEADER = (
    "signature", "act", "site", "subject", "visit", "protocol_version", "form", "form_id", "version",
    "printed_name", "user", "role", "meaning", "signed_utc",
    "sha256_content", "sha256_signature", "holds", "lapsed_utc", "lapsed_by", "lapsed_because",
)  # fmt: skip


def as_rows(signatures: QuerySet[Signature]) -> Iterator[tuple[object, ...]]:
    """One row a signature, each with whether it holds now: a signing.Standing; read in pieces."""
    yield HEADER
    keys = signatures.values_list("pk", flat=True).iterator(chunk_size=10 * CHUNK)
    while some := list(islice(keys, CHUNK)):
        manifested = list(manifest(WITH_FORM.select_related("subject__site").filter(pk__in=some).order_by("-id")))
        versions = held_under([line.signature.case_form for line in manifested])
        yield from (_line(line, versions[line.signature.case_form.pk]) for line in manifested)


def _line(manifested: Manifested, protocol_version: str) -> tuple[object, ...]:
    signature, form, lapse = manifested.signature, manifested.signature.case_form, manifested.lapse
    return (
        *(
            signature.pk,
            signature.act,
            signature.subject.site.code,
            signature.subject.label,
            form.visit.code if form.visit else "",
        ),
        *(protocol_version, form.code, form.pk, signature.version),
        *(signature.printed_name, signature.username, signature.role, signature.meaning),
        *(signature.signed_at.isoformat(), signature.content, signature.digest, str(manifested.standing)),
        *((lapse.at.isoformat(), lapse.by, lapse.reason) if lapse else ("", "", "")),
    )
