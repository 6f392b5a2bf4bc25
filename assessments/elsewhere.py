"""What a change of a form sets off in the rooms above: the one door by which this app calls upwards.

A save syncs the queries that the checks raise, lets the verification of what it changed lapse, reports a serious event
that it tells of, and asks for a refresh once it is committed. A form that is withdrawn takes all of that with it.
"""

from endpoints.tasks import mark_changed
from review.services import (
    CheckFinding,
    QueriesOfSave,
    close_with_entry,
    not_asked_before,
    reopen_with_entry,
    sync_check_queries,
)
from safety.reporting import report_if_serious, withdraw_report
from sdv.services import lapse_what_changed

__all__ = [
    "CheckFinding",
    "QueriesOfSave",
    "close_with_entry",
    "lapse_what_changed",
    "mark_changed",
    "not_asked_before",
    "reopen_with_entry",
    "report_if_serious",
    "sync_check_queries",
    "withdraw_report",
]
