"""A list is imported and concealed; the next number of a stratum is given."""

import json
from collections.abc import Sequence
from hashlib import sha256

import psycopg
from django.db import connection

from accounts.actor import Actor, acting
from cohorts.models import Cohort, Subject
from cohorts.services import Refused
from protocol import in_force
from randomisation.list_file import AllocationLine
from randomisation.models import AllocationList
from randomisation.reading import strata
from randomisation.wording import in_words


def import_list(*, name: str, content: bytes, lines: Sequence[AllocationLine], by: Actor) -> AllocationList:
    """Conceal every line of a list that was looked through; from here on nobody reads what comes next."""
    digest = sha256(content).hexdigest()
    with acting(by, reason=f"List {name}"):
        if AllocationList.objects.filter(sha256=digest).exists():
            raise Refused("This file was imported before.", "file")
        made = AllocationList.objects.create(name=name, sha256=digest, numbers=len(lines), imported_by=by.name)
        _conceal(made, lines)
    return made


def _conceal(made: AllocationList, lines: Sequence[AllocationLine]) -> None:
    """With parameters that the server binds: statements stand in its log, and in the list of what runs there."""
    document = [{"number": line.number, "stratum": line.stratum, "cohort": line.group} for line in lines]
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("SELECT edc.conceal(%s, %s)", [made.pk, json.dumps(document)])


def refuse_chosen(cohort: Cohort) -> None:
    """A group that a list gives, or ever gave, is never chosen: an arm that goes on alone is a cohort of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.is_given_by_list(%s)", [cohort.code])
        [by_list] = cursor.fetchone()
    if by_list or in_force().is_randomised(cohort.code):
        problem = (
            f"{cohort.plan.label} is given by randomisation, and not chosen: request randomisation of the subject."
        )
        raise Refused(problem, "cohort")


def give_next(*, subject: Subject, stratum: str) -> int:
    """The key of the cohort that the next number of this stratum stands for. Within the transaction of the enrolment,
    as its last step: what is refused after it would give the number back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT given_cohort FROM edc.give_next(%s, %s)", [subject.pk, stratum])
        given = cursor.fetchone()
    if given is None:
        raise Refused(_why_none(stratum))
    return int(given[0])


def _why_none(stratum: str) -> str:
    listed = {with_list.name: with_list.numbers for with_list in strata()}
    if not listed:
        return "No randomisation list has been imported: nobody can be randomised before one is."
    if stratum not in listed:
        return f"The randomisation list has no numbers for {in_words(stratum)}: a list that has them is to be imported."
    return (
        f"The randomisation list is exhausted for {in_words(stratum)}: each of its {listed[stratum]} numbers was "
        "given. A further list is to be imported."
    )
