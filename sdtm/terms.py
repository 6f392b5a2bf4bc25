"""CDISC terms and what this record calls them, and dates as SDTM writes them."""

import re

from assessments.codelists import EndReason, LesionKind, LesionState, Location, Method, OverallResponse
from values import UnreadableValue
from values.dates import read_iso_date

NOT_DONE = "NOT DONE"
KINDS = {
    "TARGET": LesionKind.TARGET,
    "NON-TARGET": LesionKind.NON_TARGET,
    "NONTARGET": LesionKind.NON_TARGET,
    "NEW": LesionKind.NEW,
}
STATES = {
    LesionKind.TARGET: {
        "ABSENT": LesionState.ABSENT,
        "TOO SMALL TO MEASURE": LesionState.TOO_SMALL,
        "NOT EVALUABLE": LesionState.NOT_ASSESSED,
    },
    LesionKind.NON_TARGET: {
        "PRESENT": LesionState.PRESENT,
        "ABSENT": LesionState.ABSENT,
        "UNEQUIVOCAL": LesionState.PROGRESSED,
        "UNEQUIVOCAL PROGRESSION": LesionState.PROGRESSED,
        "NOT EVALUABLE": LesionState.NOT_ASSESSED,
    },
    LesionKind.NEW: {
        "UNEQUIVOCAL": LesionState.UNEQUIVOCAL,
        "EQUIVOCAL": LesionState.EQUIVOCAL,
        "PRESENT": LesionState.UNEQUIVOCAL,
        "ABSENT": LesionState.ABSENT,
        "NOT EVALUABLE": LesionState.NOT_ASSESSED,
    },
}
NEW_LESIONS = {"UNEQUIVOCAL": "Y", "EQUIVOCAL": "EQUIVOCAL", "Y": "Y", "N": "N", "YES": "Y", "NO": "N"}
RESPONSES = {value: value for value in OverallResponse.values} | {"NED": "CR"}
NON_TARGET_RESPONSES = {value: value for value in ("CR", "NON-CR/NON-PD", "PD", "NE", "NA")} | {"SD": "NON-CR/NON-PD"}

_LOCATIONS = {
    "LYMPH NODE, AXILLARY": Location.AXILLARY_NODE,
    "LYMPH NODE, SUPRACLAVICULAR": Location.SUPRACLAVICULAR_NODE,
    "LYMPH NODE, MEDIASTINAL": Location.MEDIASTINAL_NODE,
    "LYMPH NODES": Location.LYMPH_NODE,
    "LUNG, LEFT": Location.LUNG,
    "LUNG, RIGHT": Location.LUNG,
    "LIVER, LEFT LOBE": Location.LIVER,
    "LIVER, RIGHT LOBE": Location.LIVER,
    "PLEURAL EFFUSION": Location.PLEURAL_FLUID,
    "ADRENAL GLANDS": Location.ADRENAL,
}
_METHODS = {
    "CT": Method.CT,
    "COMPUTED TOMOGRAPHY": Method.CT,
    "HELICAL CT SCAN": Method.SPIRAL_CT,
    "CT SCAN WITH CONTRAST": Method.CONTRAST_CT,
    "MAGNETIC RESONANCE IMAGING": Method.MRI,
    "MRI SCAN": Method.MRI,
    "XRAY": Method.X_RAY,
    "PLAIN X-RAY": Method.X_RAY,
    "FDG-PET/CT SCAN": Method.PET_CT,
    "BONE SCAN": Method.BONE_SCAN,
    "BONE SCINTIGRAPHY": Method.BONE_SCAN,
    "CLINICAL EXAMINATION": Method.EXAMINATION,
    "CALIPER": Method.CALLIPER,
    "": Method.UNKNOWN,
}
END_REASONS = {value: value for value in EndReason.values} | {
    "WITHDRAWAL OF CONSENT BY SUBJECT": EndReason.CONSENT,
    "DISEASE PROGRESSION": EndReason.PROGRESSION,
    "SPONSOR DECISION": EndReason.SPONSOR,
}


def location(term: str) -> tuple[str, str]:
    """(organ of the code list, what else the source says of it). A term that is not in the list stays in words."""
    term = term.upper()
    if not term:
        return Location.UNKNOWN, ""
    if term in Location.values:
        return term, ""
    if term in _LOCATIONS:
        return _LOCATIONS[term], term
    return (Location.LYMPH_NODE if "LYMPH NODE" in term else Location.OTHER), term


def method(term: str) -> str | None:
    """The method of the code list; None for one that it does not know."""
    term = term.upper()
    return term if term in Method.values else _METHODS.get(term)


def day(text: str) -> str:
    """The date part, whole or partial; "" where there is none that can be read."""
    found = text.partition("T")[0]
    found = re.sub(r"(-+)$", "", found)
    try:
        return read_iso_date(found)
    except UnreadableValue:
        return ""


def whole_day(text: str) -> str:
    """The date, if all of it is known; else ""."""
    found = day(text)
    return found if len(found) == len("2026-01-01") else ""
