"""The forms of a copy: what each says, in which state it is, what was asked and verified, and who signed it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, FormState
from assessments.pages.printing import FormInWords, forms_in_words
from audit.models import Event
from cohorts.models import Subject
from review.models import Query, QueryState
from signature.manifest import Manifested, in_utc, manifest
from signature.signing import WITH_FORM, SignatureStanding
from values.counts import counted

OF_QUERIES = {state: state.label.lower() for state in QueryState}


class FormCopies:
    """Asks the database once for each kind of thing, whatever the number of forms."""

    def __init__(self, forms: QuerySet[CaseForm], *, identifying: bool) -> None:
        self.forms = {form.pk: form for form in forms}
        self.identifying = identifying

    def title(self, key: int) -> str:
        return CATALOGUE[self.forms[key].code].title

    def of(self, key: int, number: int | None = None) -> dict[str, Any]:
        """One form as the layout prints it; `number` is that of an entry of a log."""
        form, words = self.forms[key], self._words.get(key, FormInWords())
        return {
            "title": f"{self.title(key)} {number}" if number else self.title(key),
            "key": f"form {key}, version {form.version}",
            "struck": form.state == FormState.IN_ERROR,
            "facts": [fact for fact in self._facts_of(form) if fact[1]],
            "sections": [
                {"legend": legend, "items": [[item["label"], item["words"]] for item in items]}
                for legend, items in words.sections
            ],
            "table": _plain(words.table),
            "seals": [_seal(manifested) for manifested in self._seals[key]],
        }

    def facts(self, subject: Subject) -> list[list[str]]:
        """Of the forms together, and what is asked of the subject as a whole."""
        counts = [
            f"{sum(form.state == state for form in self.forms.values())} {label.lower()}"
            for state, label in FormState.choices
            if state != FormState.IN_ERROR or any(form.state == state for form in self.forms.values())
        ]
        queries = self._queries_of_subject(subject)
        return [
            ["Forms in this copy", ", ".join(counts)],
            *([["Queries about the subject", queries]] if queries else []),
        ]

    def signed_words(self, keys: Iterable[int] | None = None) -> str:
        """How many of the complete forms (of these, or of all) carry a signature of what stands there; "" for none."""
        form_keys = self.forms if keys is None else keys
        complete = [key for key in form_keys if self.forms[key].state == FormState.COMPLETE]
        signed = sum(any(manifested.holds for manifested in self._seals[key]) for key in complete)
        if not complete:
            return ""
        if signed == len(complete) and signed:
            return f"Signed as it stands: {'the one complete form' if signed == 1 else f'all {signed} complete forms'}."
        return f"Signed as it stands: {signed or 'none'} of {len(complete)} complete forms."

    def acts(self) -> list[dict[str, Any]]:
        """Each act of signing, newest first, with what it covered and how much of that holds."""
        together: dict[Any, list[Manifested]] = defaultdict(list)
        for manifested in sorted(
            (manifested for seals in self._seals.values() for manifested in seals),
            key=lambda manifested: -manifested.signature.pk,
        ):
            together[manifested.signature.act].append(manifested)
        return [_act(list(reversed(seals))) for seals in together.values()]

    @cached_property
    def _words(self) -> dict[int, FormInWords]:
        return forms_in_words(self.forms.values(), identifying=self.identifying)

    @cached_property
    def _seals(self) -> dict[int, list[Manifested]]:
        seals: dict[int, list[Manifested]] = defaultdict(list)
        for manifested in manifest(WITH_FORM.filter(case_form__in=self.forms).order_by("-id")):
            seals[manifested.signature.case_form_id].append(manifested)
        return seals

    @cached_property
    def _queries(self) -> dict[int, dict[str, int]]:
        counted = Query.objects.filter(case_form__in=self.forms).order_by().values_list("case_form", "state")
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for form, state, number in counted.annotate(number=Count("pk")):
            counts[form][state] = number
        return counts

    @cached_property
    def _saves(self) -> dict[int, tuple[str, str, datetime]]:
        """(user, role, when) of the last save of each form, by the trail."""
        saves = Event.objects.filter(table_name="assessments_caseform", new__has_key="version")
        last = saves.filter(case_form_id__in=self.forms).order_by("case_form_id", "-id").distinct("case_form_id")
        return {form: tuple(save) for form, *save in last.values_list("case_form_id", "actor_name", "role", "at")}  # type: ignore[misc]

    def _facts_of(self, form: CaseForm) -> list[list[str]]:
        because = f": {form.not_done_reason}" if form.not_done_reason else ""
        by, role, at = self._saves.get(form.pk, ("", "", None))
        return [
            ["State", f"{form.get_state_display()}{because}"],
            ["Withdrawn", withdrawn_words(form)],
            ["First completed", in_utc(form.first_completed_at) if form.first_completed_at else ""],
            ["Last saved", f"by {by} ({role.replace('_', ' ')}) on {in_utc(at)}" if at else ""],
            ["Queries", _queries_in_words(self._queries.get(form.pk, {}))],
            ["Verified against the source", _verified(form)],
            ["Frozen", in_utc(form.frozen_at) if form.frozen_at else ""],
            ["Locked", f"by {form.locked_by} on {in_utc(form.locked_at)}" if form.locked_at else ""],
        ]

    def _queries_of_subject(self, subject: Subject) -> str:
        counted = subject.queries.filter(case_form=None).order_by().values_list("state").annotate(number=Count("pk"))
        counts = dict(counted)
        return _queries_in_words(counts) if counts else ""


def withdrawn_words(form: CaseForm) -> str:
    """Who withdrew a form as entered in error, when and why; "" of one that counts."""
    if not form.withdrawn_at:
        return ""
    return f"by {form.withdrawn_by} on {in_utc(form.withdrawn_at)}: {form.withdrawn_reason}"


def _queries_in_words(counts: dict[str, int]) -> str:
    counted = [f"{counts[state]} {words}" for state, words in OF_QUERIES.items() if counts.get(state)]
    return ", ".join(counted) or "none"


def _verified(form: CaseForm) -> str:
    """What the verifications come to; they hold for the version that was seen alone."""
    verification = getattr(form, "verification", None)
    if verification is None or not (verification.verified or verification.lapsed):
        return "nothing yet"
    if verification.version != form.version:
        return f"lapsed: the form was changed after version {verification.version} was verified"
    parts = [
        counted(verification.verified, "item"),
        f"{verification.outstanding} outstanding" if verification.outstanding else "",
    ]
    return ", ".join(filter(None, [*parts, f"{verification.lapsed} changed since" if verification.lapsed else ""]))


def _plain(table: dict[str, Any] | None) -> dict[str, Any]:
    if table is None:
        return {"head": [], "rows": []}
    rows = [{"cells": [words for _, words in row["cells"]], "struck": row["struck"]} for row in table["rows"]]
    return {"head": table["head"], "rows": rows}


def _seal(manifested: Manifested) -> dict[str, Any]:
    signature = manifested.signature
    return {
        "who": f"{signature.printed_name} ({signature.username}, {signature.role.replace('_', ' ')})",
        "at": in_utc(signature.signed_at),
        "meaning": signature.meaning,
        "covers": manifested.covers,
        "content": signature.content,
        "digest": signature.digest,
        "holds": manifested.holds,
        "words": manifested.words,
    }


def _act(manifested: list[Manifested]) -> dict[str, Any]:
    counts = Counter(each.standing for each in manifested)
    holding = counts.pop(SignatureStanding.HOLDS, 0)
    others = ", ".join(f"{counts[how]} {how}" for how in SignatureStanding if how in counts)
    return _seal(manifested[0]) | {
        "covers": _covered(manifested),
        "forms": len(manifested),
        "standing": f"{holding} of {len(manifested)} valid: {others}" if others else "all valid",
        "whole": not others,
    }


def _covered(manifested: list[Manifested]) -> str:
    """The forms of an act, those of a visit together; of one subject, as every copy is."""
    by_visit: dict[str, list[str]] = defaultdict(list)
    for each in manifested:
        form = each.signature.case_form
        by_visit[form.visit.label if form.visit else "Forms outside visits"].append(CATALOGUE[form.code].title)
    return "; ".join(f"{visit}: {', '.join(titles)}" for visit, titles in by_visit.items())
