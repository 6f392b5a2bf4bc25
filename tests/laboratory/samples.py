"""Samples as a site types them, as the values of eligibility say too (tests.cast)."""

from typing import Any

BLOOD: dict[str, tuple[str, str]] = {
    "HGB": ("121", "g/L"),
    "WBC": ("6.1", "10^9/L"),
    "NEUT": ("3.2", "10^9/L"),
    "LYM": ("1.5", "10^9/L"),
    "PLAT": ("240", "10^9/L"),
}
SERUM: dict[str, tuple[str, str]] = {
    "SODIUM": ("140", "mmol/L"),
    "K": ("4.1", "mmol/L"),
    "CA": ("2.3", "mmol/L"),
    "MG": ("0.8", "mmol/L"),
    "PHOS": ("1.1", "mmol/L"),
    "CREAT": ("70", "umol/L"),
    "UREA": ("5", "mmol/L"),
    "BILI": ("9", "umol/L"),
    "AST": ("28", "U/L"),
    "ALT": ("30", "U/L"),
    "ALP": ("80", "U/L"),
    "ALB": ("42", "g/L"),
    "GLUC": ("5.1", "mmol/L"),
    "CHOL": ("4.8", "mmol/L"),
    "TRIG": ("1.2", "mmol/L"),
}


def rows(normal: dict[str, tuple[str, str]], **other: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a sample: normal but for what `other` says of an analyte."""
    return [
        {"analyte": code, "value": value, "unit": unit} | other.get(code, {}) for code, (value, unit) in normal.items()
    ]
