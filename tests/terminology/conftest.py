"""A made-up dictionary in the form of the real one: none of its terms or codes is MedDRA's."""

from collections.abc import Callable
from pathlib import Path

import pytest

LLT = [
    "10000001$Blue haemoglobin$20000001$$$$$$$Y$$",
    "10000002$Blue nose$20000002$$$$$$$Y$$",
    "10000003$Azure nose$20000002$$$$$$$Y$$",
    "10000004$Nose of olden days$20000002$$$$$$$N$$",
    "10000005$Green nose bleeding$20000003$$$$$$$Y$$",
]
PT = ["20000001$Blue haemoglobin$$50$", "20000002$Blue nose$$50$", "20000003$Green nose bleeding$$50$"]
HIERARCHY = [
    "20000001$3$4$5$Blue haemoglobin$Colours of blood$Colours NEC$Blood colours$Bl$$50$Y$",
    "20000002$3$4$6$Blue nose$Colours of noses$Colours NEC$Nose colours$No$$50$Y$",
    "20000002$3$4$7$Blue nose$Noses of colour$Noses NEC$Face disorders$Fa$$50$N$",
    "20000003$3$4$6$Green nose bleeding$Colours of noses$Colours NEC$Nose colours$No$$50$Y$",
]


@pytest.fixture
def distribution(tmp_path: Path) -> Callable[..., Path]:
    """Writes the files, each with lines of your own if given, and returns the folder."""

    def write(*, encoding: str = "utf-8", release: str = "99.1$English$$$", **lines: list[str]) -> Path:
        files = {"llt": LLT, "pt": PT, "mdhier": HIERARCHY} | lines
        for name, content in files.items():
            (tmp_path / f"{name}.asc").write_bytes("".join(f"{line}\r\n" for line in content).encode(encoding))
        if release:
            (tmp_path / "meddra_release.asc").write_text(f"{release}\r\n")
        return tmp_path

    return write
