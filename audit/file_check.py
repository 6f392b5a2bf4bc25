"""Whether a file is one that left this system unaltered: its SHA-256 against those in the log of access."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Min, QuerySet

from audit.access_log import FILES
from audit.models import AccessEvent
from values.file_kinds import LOOKED_AT, misnamed

MEGABYTE = 1024 * 1024
# Below what the proxy takes (deploy/caddy), the form around it included.
MOST_BYTES = 40 * MEGABYTE
DIGEST = re.compile(r"[0-9a-f]{64}")
NO_DIGEST = "A SHA-256 has 64 digits, 0 to 9 and a to f."


class DigestField(forms.CharField):
    """A SHA-256 in hexadecimal, in lower or upper case, as programs print it."""

    def clean(self, value: Any) -> str:
        digest = str(super().clean(value)).lower()
        if digest and not DIGEST.fullmatch(digest):
            raise forms.ValidationError(NO_DIGEST)
        return digest


class FileCheckForm(forms.Form):
    """A file, or the SHA-256 of one; `cleaned_data["sha256"]` is that of either."""

    use_required_attribute = False
    file = forms.FileField(
        label="File",
        required=False,
        help_text=f"{MOST_BYTES // MEGABYTE} MB at most. Its SHA-256 is computed here, and the file is not kept.",
    )
    sha256 = DigestField(
        label="Or its SHA-256",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="64 hexadecimal digits, as sha256sum or Get-FileHash print them.",
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and file.size is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"It has more than {MOST_BYTES // MEGABYTE} MB. Compute its SHA-256 yourself, and enter that."
            )
        if file and (wrong := misnamed(str(file.name), next(iter(file.chunks()), b"")[:LOOKED_AT])):
            raise forms.ValidationError(wrong)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file, digest = cleaned.get("file"), cleaned.get("sha256")
        if file and digest:
            self.add_error("sha256", "Choose a file or enter a SHA-256, not both.")
        elif file:
            return cleaned | {"sha256": digest_of(file)}
        elif not digest and not self.errors:
            self.add_error("file", "Choose a file, or enter its SHA-256.")
        return cleaned


def digest_of(file: UploadedFile) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def taken(digest: str) -> QuerySet[AccessEvent]:
    """Each time that a file of this content left, whole or until it broke off, newest first."""
    return AccessEvent.objects.filter(sha256=digest, kind__in=FILES).exclude(sha256="").order_by("-id")


def known_since() -> datetime | None:
    """When the first file left whose content is known; None while there is none. What left before is not told apart
    from what never left."""
    since: datetime | None = AccessEvent.objects.exclude(sha256="").aggregate(since=Min("at"))["since"]
    return since
