"""The one typeface of figures and reports: Arimo, as wide as Arial. It comes with a package, so that a figure looks the
same wherever it is made."""

from functools import cache
from importlib.resources import files

import vl_convert

NAME = "Arimo"


def folder() -> str:
    """Where its files are."""
    return str(files("fontpkg_arimo") / "files")


@cache
def make_known() -> None:
    """To the renderer of figures, once a process."""
    vl_convert.register_font_directory(folder())
