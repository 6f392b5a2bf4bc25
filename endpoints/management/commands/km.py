"""Kaplan-Meier of a file of times: the curve's figures without a trial, for statisticians."""

import json
import math
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from endpoints.arithmetic import populations, survival, timefile
from endpoints.management.commands.derive import read
from protocol.schema import AnalysisPlan


class Command(BaseCommand):
    help = (
        "Read a CSV file with the columns time (in days) and event (1 or 0); print its Kaplan-Meier estimates as JSON."
    )
    requires_system_checks: list[str] = []

    def get_version(self) -> str:
        """What --version prints: which release computes."""
        return str(settings.RELEASE)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file whose first line is time,event")
        parser.add_argument(
            "--conf-type", choices=("log-log", "log", "plain"), default="log-log", help="scale of limits"
        )

    def handle(self, *args: Any, file: Path, conf_type: str, **options: Any) -> None:
        try:
            times, events = timefile.load(read(file))
        except timefile.TimeFileError as error:
            raise CommandError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from error
        plan = replace(AnalysisPlan(), conf_type=conf_type)
        self.stdout.write(json.dumps(figures(times, events, plan), indent=1))


def figures(times: Sequence[float], events: Sequence[bool], plan: AnalysisPlan) -> dict[str, Any]:
    """n, events, quartiles by the fraction that has had the event, landmarks and numbers at risk by month."""
    curve = survival.kaplan_meier(times, events, conf_type=plan.conf_type, conf_level=float(plan.conf_level))
    month = float(plan.days_per_month)
    months = survival.every(
        populations.AT_RISK_MONTHS, last=curve.last, days_per_month=month, also=plan.landmarks_months
    )
    return {
        "n": curve.n,
        "events": int(curve.events.sum()),
        "quartiles": {name: _plain(curve.quantile(float(name))) for name in ("0.25", "0.5", "0.75")},
        "landmarks": {str(at): _plain(curve.at(at * month) or (None,) * 3) for at in plan.landmarks_months},
        "at_risk": {str(at): curve.number_at_risk(at * month) for at in months},
    }


def _plain(values: Sequence[float | None]) -> list[float | int | None]:
    """Whole numbers without a point, and null where there is no value."""
    return [
        None if value is None or math.isnan(value) else int(value) if value.is_integer() else value for value in values
    ]
