"""The three files by which an installation is set up: sites, people and reference ranges. Looked through first, and
brought in as a whole or not at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from accounts import people_file, site_file
from accounts.access import Access
from accounts.actor import Actor
from accounts.models import Site
from accounts.planned import Planned, bring_in
from accounts.roles import Permission
from activation.checklist import analytes_of
from cohorts.services import Refused
from components.from_file import Preview
from laboratory import range_file
from laboratory.models import ReferenceRange
from protocol import in_force
from values.counts import counted
from values.tables import Table, read_table
from values.unreadable import UnreadableValue

MOST_LINES = 5000
SECRET = ("password", "passwort", "pwd")


@dataclass(frozen=True)
class SetUpFile:
    """One of the files: its columns, the right that it takes, and how its lines are read."""

    code: str
    title: str
    columns: Sequence[tuple[str, str, str]]
    needed: Sequence[str]
    optional: Sequence[str]
    permission: Permission
    plan: Callable[[Table, Access], list[Planned]]
    notes: Callable[[Table], Sequence[str]]
    shown: Sequence[str]
    back: str
    after: str
    lines_to_fill: Callable[[Access], Iterable[Sequence[str]]] = lambda access: ()


def ranges_to_fill(access: Access) -> Iterator[Sequence[str]]:
    """By site whose ranges the user keeps, the site and each analyte of the protocol that has no line there yet."""
    sites = access.limit(Site.objects.order_by("code"), Permission.MANAGE_RANGES, site="pk")
    held = set(ReferenceRange.objects.filter(site__in=sites).values_list("site_id", "analyte"))
    for site in sites:
        yield from ((site.code, code) for code in analytes_of(in_force()) if (site.pk, code) not in held)


def _nothing_more(table: Table) -> Sequence[str]:
    return ()


KINDS = {
    kind.code: kind
    for kind in (
        SetUpFile(
            "sites",
            "Sites",
            site_file.COLUMNS,
            site_file.NEEDED,
            site_file.OPTIONAL,
            Permission.MANAGE_USERS,
            lambda table, access: site_file.plan_sites(table.lines),
            _nothing_more,
            ("code", "name", "time_zone", "country"),
            "site_list",
            "Import the people next.",
        ),
        SetUpFile(
            "people",
            "People",
            people_file.COLUMNS,
            people_file.NEEDED,
            people_file.OPTIONAL,
            Permission.MANAGE_USERS,
            lambda table, access: people_file.plan_people(table.lines),
            _nothing_more,
            ("user_name", "first_name", "last_name", "email"),
            "people",
            "Invite each of them from the person's page: that makes the link by which they set their password.",
        ),
        SetUpFile(
            "ranges",
            "Reference ranges",
            range_file.COLUMNS,
            range_file.NEEDED,
            range_file.OPTIONAL,
            Permission.MANAGE_RANGES,
            range_file.plan_ranges,
            range_file.notes,
            ("site", "analyte", "low", "high", "unit"),
            "range_list",
            "Results saved from now on are held against them.",
            ranges_to_fill,
        ),
    )
}


@dataclass
class SetUpPreview(Preview):
    """What a file would do, line by line, and how it was read."""

    _: KW_ONLY
    kind: SetUpFile
    planned: list[Planned]

    @property
    def new(self) -> list[Planned]:
        return [planned_line for planned_line in self.planned if planned_line.writes]

    @property
    def button(self) -> str:
        return f"Import {counted(len(self.new), 'line')}"

    @property
    def rows(self) -> list[tuple[Planned, list[tuple[str, str]]]]:
        """Each line with its cells and their titles, in the order of `kind.shown`."""
        titles = {column: column.replace("_", " ").capitalize() for column in self.kind.shown}
        return [
            (planned_line, [(titles[name], planned_line.line.values[name]) for name in titles])
            for planned_line in self.planned
        ]


def look_through(kind: SetUpFile, content: bytes | str, access: Access) -> SetUpPreview:
    """Raises UnreadableValue for what is no such table."""
    table = read_table(
        content, needed=kind.needed, optional=kind.optional, of=kind.title.lower(), most_lines=MOST_LINES
    )
    if secret := [name for name in table.ignored if name.casefold().startswith(SECRET)]:
        raise UnreadableValue(
            f"The file has a column {secret[0]}: no password is ever in a file. Each person sets their own by the"
            " invitation. Delete the column, and the file wherever it lies."
        )
    planned = kind.plan(table, access)
    notes = [*table.notes(), *kind.notes(table)]
    return SetUpPreview([planned_line.line for planned_line in planned], notes=notes, kind=kind, planned=planned)


def bring_in_all(preview: SetUpPreview, *, by: Actor, name: str) -> int:
    """How many lines wrote something. Raises NotBroughtIn, and then none did."""
    reason = f"{preview.kind.title} from the file {name}"
    return bring_in(preview.planned, by=by, reason=reason[:500], refusals=(Refused,))


def actor_for(kind: SetUpFile, access: Access) -> Any:
    return access.actor(channel="import", permission=kind.permission)
