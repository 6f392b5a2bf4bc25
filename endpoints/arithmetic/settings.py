"""A plan from settings written as text (KEY=VALUE) or in a case file's params."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from protocol.schema import AnalysisPlan

# What a case file calls the settings.
PARAMS = {
    "sd_min_days": "sd_min_days",
    "confirm_days": "confirmation_days",
    "max_ne_between": "ne_between",
    "accept_sd_between": "accept_sd_between",
    "cb_min_days": "clinical_benefit_days",
    "visit_interval_days": "assessment_interval_days",
    "visit_window_days": "assessment_window_days",
    "too_small_mm": "too_small_mm",
    "baseline_window_days": "baseline_window_days",
}
# What a case file says in words about rules that are the same for every plan.
_PROSE = ("duration", "cb_A", "cb_B", "missed2", "partial_date", "start_day")


class SettingError(ValueError):
    """A setting that is unknown or out of its range; the message names it."""


def names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(AnalysisPlan))


def described() -> list[str]:
    """A line for each setting: its name, the trial's value and its meaning."""
    return [f"  {name}={_written(value)}\n      {meaning}" for name, value, meaning in AnalysisPlan().described()]


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def with_params(plan: AnalysisPlan, params: Mapping[str, Any]) -> AnalysisPlan:
    """The plan with a case file's params, by their names there or by the plan's own."""
    known = names()
    changes: dict[str, Any] = {}
    for key, value in params.items():
        if key == "start_day" and value != 1:
            raise SettingError("params: start_day must be 1")
        if key in _PROSE:
            continue
        if key not in PARAMS and key not in known:
            raise SettingError(f"params: unknown setting {key!r}; {_hint(key, (*PARAMS, *known))}")
        changes[PARAMS.get(key, key)] = value
    return _changed(plan, changes, "params")


def with_settings(plan: AnalysisPlan, settings: Iterable[str]) -> AnalysisPlan:
    """The plan with settings given as KEY=VALUE; a list is written with commas."""
    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        key = key.strip()
        if not equals:
            raise SettingError(f"--set {setting}: expected KEY=VALUE")
        if key not in names() and key not in PARAMS:
            raise SettingError(f"--set {setting}: unknown setting {key!r}; {_hint(key, names())}")
        name = PARAMS.get(key, key)
        if name in changes:
            raise SettingError(f"--set {setting}: {name} is set twice")
        changes[name] = [part.strip() for part in value.split(",")] if name == "landmarks_months" else value.strip()
    return _changed(plan, changes, "--set")


def _hint(key: str, known: Iterable[str]) -> str:
    known = list(dict.fromkeys(known))
    meant = get_close_matches(key, known, n=1)
    return f"was {meant[0]!r} meant?" if meant else f"known are {', '.join(known)}"


def _changed(plan: AnalysisPlan, changes: Mapping[str, Any], where: str) -> AnalysisPlan:
    try:
        return replace(plan, **changes)
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        raise SettingError(f"{where}: {setting}={first['input']}: {first['msg']}") from error
