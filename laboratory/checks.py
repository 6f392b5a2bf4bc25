"""What the protocol file asks of the laboratory must be known here."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from laboratory.analytes import ANALYTES
from trialsite.protocol import current
from trialsite.protocol.schema import Protocol


def unknown_analytes(protocol: Protocol) -> list[str]:
    """One line each: an analyte that nobody can convert or grade, or that stands in the other form."""
    found = []
    for panel in protocol.laboratory:
        for code in (*panel.analytes, *panel.optional):
            if code not in ANALYTES:
                found.append(f"laboratory.{panel.code}: unknown analyte {code}; known: {', '.join(ANALYTES)}")
            elif ANALYTES[code].panel != panel.code:
                found.append(f"laboratory.{panel.code}: {code} belongs to {ANALYTES[code].panel}")
    return found


@register
def the_protocol_names_known_analytes(app_configs: Any, **options: Any) -> list[CheckMessage]:
    hint = "Correct the protocol file, or add the analyte to laboratory/analytes.py."
    return [Error(found, hint=hint, id="laboratory.E001") for found in unknown_analytes(current())]
