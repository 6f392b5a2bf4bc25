"""A laboratory's file of results, as tests write it."""

from tests.laboratory.samples import BLOOD

HEAD = "subject,visit,sample_date,analyte,value,unit"


def line(analyte: str = "HGB", value: str = "121", unit: str = "g/L", **other: str) -> str:
    cells = {"subject": "101-001", "visit": "SCR", "sample_date": "2007-12-28"} | other
    return ",".join([cells["subject"], cells["visit"], cells["sample_date"], analyte, value, unit])


def file_of(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


WHOLE = file_of(*(line(code, value, unit) for code, (value, unit) in BLOOD.items()))


def as_table(*lines: list[str], separator: str = ",") -> str:
    return "".join(f"{separator.join(cells)}\r\n" for cells in lines)


COLUMNS = HEAD.split(",")
HAEMOGLOBIN = ["101-001", "SCR", "2007-12-28", "HGB", "121", "g/L"]
WITH_UMLAUT = as_table([*COLUMNS, "laboratory"], [*HAEMOGLOBIN, "Labor Köln, µ"], separator=";")
