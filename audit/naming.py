"""Under which name a file leaves."""

from pathlib import PurePath

from django.conf import settings


def marked(name: str) -> str:
    """The name with the release that made the file; of a training environment it says that too.

    The content of CSV looks like that of the trial, and of any other release.
    """
    name = str(PurePath(name).with_stem(f"{PurePath(name).stem}-edc{settings.RELEASE}"))
    return name if settings.ENVIRONMENT == "production" else f"TRAINING-{name}"
