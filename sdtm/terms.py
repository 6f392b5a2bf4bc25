"""CDISC terms and what this record calls them."""

from assessments.codelists import EndReason, LesionKind, LesionState, Location, Method, OverallResponse

NOT_DONE = "NOT DONE"
SEXES = {"FEMALE": "F", "MALE": "M"}
KINDS = {
    "TARGET": LesionKind.TARGET,
    "NON-TARGET": LesionKind.NON_TARGET,
    "NONTARGET": LesionKind.NON_TARGET,
    "NON TARGET": LesionKind.NON_TARGET,
    "NEW": LesionKind.NEW,
    "TARGET LESION": LesionKind.TARGET,
    "NON-TARGET LESION": LesionKind.NON_TARGET,
    "NEW LESION": LesionKind.NEW,
}
STATES = {
    LesionKind.TARGET: {
        "ABSENT": LesionState.ABSENT,
        "TOO SMALL TO MEASURE": LesionState.TOO_SMALL,
    },
    LesionKind.NON_TARGET: {
        "PRESENT": LesionState.PRESENT,
        "ABSENT": LesionState.ABSENT,
        "UNEQUIVOCAL": LesionState.PROGRESSED,
        "UNEQUIVOCAL PROGRESSION": LesionState.PROGRESSED,
        "PROGRESSION": LesionState.PROGRESSED,
        "PROGRESSED": LesionState.PROGRESSED,
    },
    LesionKind.NEW: {
        "UNEQUIVOCAL": LesionState.UNEQUIVOCAL,
        "EQUIVOCAL": LesionState.EQUIVOCAL,
        "PRESENT": LesionState.UNEQUIVOCAL,
        "ABSENT": LesionState.ABSENT,
    },
}
UNSEEN = ("NOT EVALUABLE", "NOT ASSESSED", "NOT DONE", "UNEVALUABLE", "NON-EVALUABLE", "NE")
NEW_LESIONS = {"UNEQUIVOCAL": "Y", "EQUIVOCAL": "EQUIVOCAL", "Y": "Y", "N": "N", "YES": "Y", "NO": "N", "U": "UNKNOWN"}
IN_FULL = {
    "COMPLETE RESPONSE": "CR",
    "PARTIAL RESPONSE": "PR",
    "STABLE DISEASE": "SD",
    "PROGRESSIVE DISEASE": "PD",
    "NON-CR/NON PD": "NON-CR/NON-PD",
    "NOT EVALUABLE": "NE",
    "INEVALUABLE": "NE",
    "UNEVALUABLE": "NE",
}
RESPONSES = {value: value for value in OverallResponse.values} | IN_FULL | {"NED": "CR"}
NON_TARGET_RESPONSES = {value: value for value in ("CR", "NON-CR/NON-PD", "PD", "NE", "NA")} | {
    **IN_FULL,
    "SD": "NON-CR/NON-PD",
    "STABLE DISEASE": "NON-CR/NON-PD",
}

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
