"""The people of a trial from a file: accounts, roles and trainings are added; what is there stays as it is.

A line is a person with one role; who has several has a line for each. No password is ever in it: each person sets the
own one by the invitation.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import USERNAME_PATTERN, Membership, Site, User
from accounts.planned import Planned
from accounts.roles import ROLES, Role
from accounts.services import create_user, grant_membership, record_training
from values.dates import read_date, shown_date
from values.tables import Line, by_name, plain_name
from values.unreadable import UnreadableValue

# The columns, each with an example and what it holds.
COLUMNS = (
    (
        "user_name",
        "anna.weber",
        "small letters, digits and . _ @ + -; for good: never changed or given out again",
    ),
    ("first_name", "Anna", "as it stands on what the person signs"),
    ("last_name", "Weber", "as it stands on what the person signs"),
    ("email", "anna.weber@hospital.example", "where the invitation goes; where there is none the link is handed over"),
    ("role", "investigator", "one of " + ", ".join(role.label for role in Role)),
    ("sites", "101 102", "where the role is held, by code; empty for a role at all sites"),
    ("training", "Good clinical practice, protocol 1.0", "where one was held already"),
    ("training_date", "2 Mar 2026", "the day of the training"),
)
NEEDED, OPTIONAL = (tuple(name for name, *_ in part) for part in (COLUMNS[:2], COLUMNS[2:]))
ROLE_NAMES = by_name({role.value: role.label for role in Role})
LONGEST = {"first_name": 150, "last_name": 150, "training": 200}
NAMES = ("first_name", "last_name", "email")
BETWEEN_SITES = re.compile(r"[\s,;/|]+")


@dataclass
class _PersonInFile:
    """One user name over all lines of the file: who is there already, and what is held and planned."""

    user: User | None
    first: Line | None = None
    roles: set[tuple[str, int | None]] = field(default_factory=set)
    trainings: set[tuple[str, date]] = field(default_factory=set)


class _Known:
    """What the database holds, in four statements."""

    def __init__(self) -> None:
        self.sites = {site.code: site for site in Site.objects.all()}
        users = User.objects.prefetch_related("trainings")
        self.people = {user.username: _PersonInFile(user) for user in users}
        for held in Membership.objects.filter(ended_at=None).select_related("user"):
            self.people[held.user.username].roles.add((held.role, held.site_id))
        for person in self.people.values():
            trainings = person.user.trainings.all() if person.user else ()
            person.trainings = {(plain_name(training.course), training.held_on) for training in trainings}
        self.addresses = {user.email.casefold(): user.username for user in users if user.email}


def plan_people(lines: Iterable[Line]) -> list[Planned]:
    """What each line would do."""
    known = _Known()
    return [_plan(line, known) for line in lines]


def _plan(line: Line, known: _Known) -> Planned:
    values = line.values
    values["user_name"] = values["user_name"].lower()
    _check_texts(line)
    person = known.people.setdefault(values["user_name"], _PersonInFile(None))
    _check_who(line, person, known)
    planned = Planned(line)
    if person.user is None and person.first is line:
        who = {"username": values["user_name"]} | {name: values[name] for name in NAMES}
        planned.writes.append(partial(_create, who))
    does = ["account made"] if planned.writes else []
    does += _plan_roles(planned, person, known)
    does += _plan_training(planned, person)
    planned.does = "; ".join(does) or "already exists, left unchanged"
    return planned


def _create(who: dict[str, str], by: Actor, reason: str) -> None:
    create_user(**who, by=by, reason=reason)


def _check_texts(line: Line) -> None:
    values = line.values
    line.require(*NEEDED)
    line.refuse_formulas(*NEEDED, *OPTIONAL)
    line.refuse_line_breaks(*NEEDED, *OPTIONAL)
    if values["user_name"] and not re.fullmatch(USERNAME_PATTERN, values["user_name"]):
        line.wrong("user_name", "Small letters, digits and . _ @ + - only, two or more.")
    for column, most in LONGEST.items():
        if len(values[column]) > most:
            line.wrong(column, f"{most} characters at most.")
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError:
            line.wrong("email", f"“{values['email']}” is not an e-mail address.")


def _check_who(line: Line, person: _PersonInFile, known: _Known) -> None:
    """The same name and address wherever a person is told of; an address in other letters is the same."""
    values = line.values
    if person.first is None:
        person.first = line
    for name in NAMES:
        value, before = values[name], person.first.values[name]
        if value.casefold() != before.casefold() if name == "email" else value != before:
            line.wrong(name, f"Line {person.first.number} says “{before}” of {values['user_name']}.")
        held = getattr(person.user, name) if person.user else value
        if value and (value.casefold() != held.casefold() if name == "email" else value != held):
            correct = "a name or address is corrected on the person's page, with a reason."
            line.wrong(name, f"{values['user_name']} already exists, with “{held}”: {correct}")
    owner = known.addresses.setdefault(values["email"].casefold(), values["user_name"]) if values["email"] else ""
    if owner and owner != values["user_name"]:
        line.wrong("email", f"It is the address of {owner}: each person has their own, as links are mailed to it.")


def _plan_roles(planned: Planned, person: _PersonInFile, known: _Known) -> list[str]:
    line = planned.line
    codes = [code.upper() for code in BETWEEN_SITES.split(line.values["sites"]) if code]
    if not line.values["role"]:
        if codes:
            line.wrong("role", "is missing: say which role is held at these sites.")
        return []
    role = ROLE_NAMES.get(plain_name(line.values["role"].replace("_", " ")), "")
    if not role:
        line.wrong(
            "role", f"There is no role “{line.values['role']}”: {', '.join(known_role.label for known_role in Role)}."
        )
        return []
    _refuse_other_side(line, person, Role(role))
    places = _places(line, Role(role), codes, known)
    does = []
    for site in places:
        if (role, site.pk if site else None) not in person.roles:
            person.roles.add((role, site.pk if site else None))
            planned.writes.append(partial(_grant, line.values["user_name"], Role(role), site))
            does.append(f"{Role(role).label} at {site.code if site else 'all sites'}")
    if does and person.user is not None and not person.user.is_active:
        line.wrong("user_name", f"{person.user.username} is suspended: an administrator reinstates the account first.")
    return does


def _refuse_other_side(line: Line, person: _PersonInFile, role: Role) -> None:
    other = next((held for held, _ in sorted(person.roles, key=str) if ROLES[Role(held)].side != ROLES[role].side), "")
    if other:
        line.wrong("role", f"Who is {Role(other).label} cannot be {role.label} too: who records data never checks it.")


def _places(line: Line, role: Role, codes: list[str], known: _Known) -> list[Site | None]:
    """The sites at which the role is to be held; [None] for all of them."""
    if ROLES[role].all_sites:
        if codes:
            line.wrong("sites", f"{role.label.capitalize()} is a role at all sites: leave the sites empty.")
        return [None]
    if not codes:
        line.wrong("sites", f"is missing: {role.label} is a role at a site.")
    if unknown := [code for code in dict.fromkeys(codes) if code not in known.sites]:
        line.wrong("sites", f"There is no site {', '.join(unknown)}: import the sites first.")
    return [known.sites[code] for code in dict.fromkeys(codes) if code in known.sites]


def _grant(username: str, role: Role, site: Site | None, by: Actor, reason: str) -> None:
    grant_membership(user=User.objects.get(username=username), role=role, site=site, by=by, reason=reason)


def _plan_training(planned: Planned, person: _PersonInFile) -> list[str]:
    line = planned.line
    course, held_on = line.values["training"], line.read("training_date", _past_day)
    if bool(course) != bool(line.values["training_date"]):
        line.wrong("training_date" if course else "training", "Enter both the name and the date of the training.")
    if not course or held_on is None or (plain_name(course), held_on) in person.trainings:
        return []
    person.trainings.add((plain_name(course), held_on))
    planned.writes.append(partial(_train, line.values["user_name"], course, held_on))
    return [f"training “{course}” of {shown_date(held_on)}"]


def _train(username: str, course: str, held_on: date, by: Actor, reason: str) -> None:
    record_training(user=User.objects.get(username=username), course=course, held_on=held_on, by=by)


def _past_day(text: str) -> date:
    day = read_date(re.sub(r"[T\s]+0?0:00(:00)?$", "", text))
    if day > timezone.localdate():
        raise UnreadableValue("The date of the training is in the future.")
    return day
