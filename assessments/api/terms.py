"""The terms that an adverse event may be coded with, in the API: of the version in force, or for a subject's event."""

from __future__ import annotations

from typing import Any

from accounts.filters import DayFilter, KeyFilter
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.place import Place
from assessments.visits.dating import judged
from cohorts.reading import SUBJECT
from terminology.api import TermFilter, TermResource
from terminology.reading import find


class EventTermFilter(TermFilter):
    subject = KeyFilter(label="The subject of the event: the terms are those of the version that it goes by")
    start_date = DayFilter(label="First day of the event, beside its subject")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        if filters["subject"] is None:
            return find(filters["q"])
        subject = access.read(SUBJECT, Permission.ENTER_DATA, filters["subject"])
        with judged(Place(subject, CATALOGUE["adverse_event"]), {"start_date": filters["start_date"]}):
            return find(filters["q"])


class EventTermResource(TermResource):
    filterset_class = EventTermFilter
