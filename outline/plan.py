"""How the figures are derived, which data are verified, and up to when data are taken."""

from assessments.catalogue import CATALOGUE
from endpoints.display import in_words
from outline.parts import OutlinePart, OutlineTable, assumed_under, counted, listed
from protocol import Protocol
from protocol.design import DataCut
from values.dates import shown_date


def analysis(protocol: Protocol) -> OutlinePart:
    rows = [
        (meaning, in_words(value), "assumed" if protocol.assumption(f"analysis.{name}") else "stated", name)
        for name, value, meaning in protocol.analysis.described()
    ]
    columns = ("Setting", "Value", "By the sources", "Key")
    assumed = assumed_under(protocol, "analysis")
    return OutlinePart("analysis", "Analysis plan", tables=[OutlineTable("Settings", columns, rows)], assumed=assumed)


def data(protocol: Protocol) -> OutlinePart:
    """Source data verification and data cuts."""
    sdv = protocol.sdv
    critical = listed(CATALOGUE[code].title for code in sdv.critical_forms) or "none"
    return OutlinePart(
        "data",
        "Verification and data cuts",
        facts=[
            ("Verified in whole", f"the first {counted(sdv.first_subjects, 'subject')} of each site"),
            ("Verified of every subject", critical),
            ("Of the other forms", f"{sdv.sample_percent} %"),
        ],
        tables=[_cuts(protocol)],
        assumed=assumed_under(protocol, "sdv", "data_cuts"),
    )


def _cuts(protocol: Protocol) -> OutlineTable:
    rows = [(cut.code, cut.label, _day(cut)) for cut in protocol.data_cuts]
    return OutlineTable("Data cuts", ("Code", "Data cut", "Day"), rows, "The protocol names no data cut.")


def _day(cut: DataCut) -> str:
    if cut.date:
        return shown_date(cut.date)
    months = counted(cut.months_after_last_first_dose or 0, "month")
    return f"{months} after the first dose of the last subject"
