"""What a filter of queries may name, where it is no closed list: an item, a check, a visit, an assignee."""

import re
from functools import cache

from accounts.models import User
from assessments.catalogue import CATALOGUE
from assessments.checks import id_of
from assessments.items import columns_of
from assessments.models import Lesion
from cohorts.models import Visit
from review.models import ASSIGNABLE
from review.queries.assignees import ROLE
from review.queries.reading import ME, NOBODY

OF_A_ROW = re.compile(r"rows\[[^\[\]]*\]-")


def is_item(name: str) -> bool:
    return OF_A_ROW.sub("", name, count=1) in item_names()


@cache
def item_names() -> frozenset[str]:
    """The items of every form and of its rows."""
    models = {model for form in CATALOGUE.values() for model in (form.record, form.rows) if model} | {Lesion}
    return frozenset(field.name for model in models for field, _ in columns_of(model))


def is_check(code: str) -> bool:
    return bool(id_of(code))


def is_visit(code: str) -> bool:
    """Of a subject that the user sees: the database shows no other."""
    return Visit.objects.filter(code__iexact=code).exists()


def is_assignee(name: str) -> bool:
    if name.startswith(ROLE):
        return name.removeprefix(ROLE) in ASSIGNABLE
    return name in (ME, NOBODY) or User.objects.filter(username=name).exists()
