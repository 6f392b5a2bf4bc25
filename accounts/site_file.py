"""The sites of a trial from a file: each is opened, or is there already as the file says."""

import re
from collections.abc import Iterable
from functools import partial

from accounts.actor import Actor
from accounts.models import SITE_CODE_PATTERN, Site
from accounts.planned import Planned, repeated
from accounts.services import create_site
from values.tables import Line
from values.times import zones

# The columns, each with an example and what it holds.
COLUMNS = (
    ("code", "101", "digits and capital letters, ten at most: subjects are numbered by it, and it is never changed"),
    ("name", "Hôpital du Val d'Orme", "the hospital or practice"),
    ("time_zone", "Europe/Paris", "by its name: times of day are those of its clocks"),
    ("country", "France", "where known"),
)
NEEDED, OPTIONAL = (tuple(name for name, *_ in part) for part in (COLUMNS[:3], COLUMNS[3:]))
ZONES = {name.casefold(): name for name in zones()}
LONGEST = {"name": 200, "country": 80}


def plan_sites(lines: Iterable[Line]) -> list[Planned]:
    """What each line would do. One statement."""
    known = {site.code: site for site in Site.objects.all()}
    seen: dict[str, Line] = {}
    return [_plan(line, known, seen) for line in lines]


def _plan(line: Line, known: dict[str, Site], seen: dict[str, Line]) -> Planned:
    values = line.values
    values["code"] = values["code"].upper()
    line.require(*NEEDED)
    line.refuse_formulas(*NEEDED, *OPTIONAL)
    line.refuse_line_breaks(*NEEDED, *OPTIONAL)
    if values["code"] and not re.fullmatch(SITE_CODE_PATTERN, values["code"]):
        line.wrong("code", "Digits and capital letters only, ten at most.")
    for column, most in LONGEST.items():
        if len(values[column]) > most:
            line.wrong(column, f"{most} characters at most.")
    _read_zone(line)
    earlier = seen.setdefault(values["code"], line)
    if earlier is not line:
        if other := repeated(line, earlier, f"Site {values['code']}"):
            line.wrong("code", other)
        return Planned(line, f"the same as line {earlier.number}: taken once")
    if site := known.get(values["code"]):
        return _there(line, site)
    if line.errors:
        return Planned(line)
    made = {column: values[column] for column in ("code", "name", "time_zone", "country")}
    return Planned(line, "opened; it accepts subjects once it is live", [partial(_create, made)])


def _create(made: dict[str, str], by: Actor, reason: str) -> Site:
    return create_site(**made, by=by, reason=reason)


def _read_zone(line: Line) -> None:
    written = line.values["time_zone"]
    if not written:
        return
    zone = ZONES.get(written.replace(" ", "_").casefold())
    if zone is None:
        line.wrong("time_zone", f"“{written}” is not a time zone. Write it by its name, for example Europe/Paris.")
    line.values["time_zone"] = zone or written


def _there(line: Line, site: Site) -> Planned:
    """A file makes sites and changes none: their names are for good, their zones are corrected on the page."""
    for column in ("name", "country", "time_zone"):
        held, written = getattr(site, column), line.values[column]
        if written and written != held:
            line.wrong(column, f"Site {site.code} already exists, with “{held}”: a file changes no site.")
    return Planned(line, "already exists, left unchanged")
