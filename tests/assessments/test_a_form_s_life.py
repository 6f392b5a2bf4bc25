"""A form's life against a small reference: drafts, saves, stale saves, signatures, freezes, locks, queries, SDV.

Hypothesis makes up the order in which things happen; the reference says what must come of each, in plain variables.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.actor import Locked
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import CaseForm, FormState, VitalSigns
from assessments.place import Place, Stale
from assessments.services import mark_not_done, save_form
from audit.models import Event
from cohorts.models import Subject
from cohorts.services import Refused
from review.models import Query, QueryState
from review.services import NotAllowed, answer_query, close_query, raise_query
from sdv.models import Verification
from sdv.services import FormToVerify, verify
from signature.closing import Reach, reach_of_form, reopen, shut
from signature.models import ClosureState, Signature
from signature.signing import NotAsSeen, SignatureStanding, sign_forms, standings
from tests.cast import Trial, actor
from tests.examples import EXAMPLES

CODE, ITEM = "vital_signs", "pulse_per_min"
PULSES = st.sampled_from(["64", "72", "80"])
REASONS = st.sampled_from(["", "Typing error"])
SEEN = st.sampled_from([0, 0, 0, 1])  # how many versions behind
SCOPES = st.sampled_from(["form", "subject"])
CLOSED = st.sampled_from(list(ClosureState))


@dataclass
class Life:
    """What the reference knows of the form."""

    state: str = ""
    version: int = 0
    pulse: str = ""
    was_complete: bool = False
    signed: int = 0  # the version that was signed last
    verified: str = ""  # the pulse that was verified, as long as it stands
    shut: set[tuple[str, str]] = field(default_factory=set)
    queries: dict[int, str] = field(default_factory=dict)

    def is_shut(self, *states: str) -> bool:
        return any(state in states for _, state in self.shut)

    @property
    def takes_no_entry(self) -> bool:
        return self.is_shut(ClosureState.FROZEN, ClosureState.LOCKED)

    @property
    def is_locked(self) -> bool:
        return self.is_shut(ClosureState.LOCKED)


class FormLife(RuleBasedStateMachine):
    """One form of one subject, in a transaction that is taken back."""

    trial: Trial
    subject: Subject

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.first_event = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # --- what is there --------------------------------------------------------------------------------------------

    @property
    def form(self) -> CaseForm | None:
        return CaseForm.objects.filter(subject=self.subject, code=CODE).select_related("subject__site", "visit").first()

    @property
    def investigator(self) -> Any:
        return actor(self.trial.investigator, "investigator")

    @property
    def monitor(self) -> Any:
        return actor(self.trial.monitor, "monitor")

    def place(self) -> Place:
        return Place(self.subject, CATALOGUE[CODE], self.subject.visits.get(code="SCR"), self.form)

    def reach(self, scope: str) -> Reach:
        form = self.form
        return reach_of_form(form) if scope == "form" and form else Reach(self.subject.site, self.subject)

    # --- what people do -------------------------------------------------------------------------------------------

    @rule(pulse=PULSES, complete=st.booleans(), reason=REASONS, behind=SEEN)
    def save(self, pulse: str, complete: bool, reason: str, behind: int) -> None:
        place = self.place()
        seen = self.life.version - behind if self.life.state else None
        expected = self._refusal_of_a_save(reason, behind)
        entry = Entry(
            place.form_type,
            subject=self.subject,
            case_form=place.case_form,
            complete=complete,
            data=typed(EXAMPLES[CODE][0] | {ITEM: pulse}, []),
            visit=place.visit,
        )
        assert entry.is_valid(), entry.errors
        arguments: dict[str, Any] = {"seen_version": seen, "complete": complete, "reason": reason}
        if expected:
            with pytest.raises(expected):
                save_form(place=place, values=entry.values(), by=self.trial.by, **arguments)
            return
        saved = save_form(place=place, values=entry.values(), by=self.trial.by, **arguments)
        self._saved(FormState.COMPLETE if complete else FormState.DRAFT)
        assert saved.version == self.life.version
        self.life.pulse = pulse
        if self.life.verified != pulse:
            self.life.verified = ""

    def _refusal_of_a_save(self, reason: str, behind: int) -> type[Exception] | None:
        if self.life.was_complete and not reason:
            return Refused
        if self.life.takes_no_entry:
            return Locked
        return Stale if behind and self.life.state else None

    def _saved(self, state: str) -> None:
        self.life.version += 1
        self.life.state = state
        self.life.was_complete = self.life.was_complete or state == FormState.COMPLETE

    @rule(behind=SEEN, reason=REASONS)
    def say_not_done(self, behind: int, reason: str) -> None:
        seen = self.life.version - behind if self.life.state else None
        expected = self._refusal_of_a_save(reason, behind)
        arguments: dict[str, Any] = {"why": "Machine broken", "seen_version": seen, "reason": reason}
        if expected:
            with pytest.raises(expected):
                mark_not_done(place=self.place(), by=self.trial.by, **arguments)
            return
        mark_not_done(place=self.place(), by=self.trial.by, **arguments)
        self._saved(FormState.NOT_DONE)
        self.life.pulse = self.life.verified = ""

    @precondition(lambda self: self.life.state)
    @rule(behind=SEEN)
    def sign(self, behind: int) -> None:
        form, seen = self.form, self.life.version - behind
        assert form is not None
        arguments: dict[str, Any] = {"seen": {form.pk: seen}, "signed_by": self.trial.investigator}
        expected: type[Exception] | None = None
        if self.life.state != FormState.COMPLETE:
            expected = Refused
        elif behind or self.life.signed == self.life.version:
            expected = NotAsSeen
        elif self.life.is_locked:
            expected = Locked
        if expected:
            with pytest.raises(expected):
                sign_forms(**arguments, by=self.investigator)
        else:
            sign_forms(**arguments, by=self.investigator)
            self.life.signed = self.life.version

    @rule(scope=SCOPES, state=CLOSED)
    def close(self, scope: str, state: str) -> None:
        if scope == "form" and not self.life.state:
            return
        arguments: dict[str, Any] = {
            "reach": self.reach(scope),
            "state": state,
            "reason": "Cleaned",
            "by": self.monitor,
        }
        if (scope, state) in self.life.shut:
            with pytest.raises(Refused):
                shut(**arguments)
        else:
            shut(**arguments)
            self.life.shut.add((scope, state))

    @rule(scope=SCOPES, state=CLOSED)
    def open(self, scope: str, state: str) -> None:
        if scope == "form" and not self.life.state:
            return
        arguments: dict[str, Any] = {"reach": self.reach(scope), "state": state, "reason": "Late", "by": self.monitor}
        if (scope, state) in self.life.shut:
            reopen(**arguments)
            self.life.shut.discard((scope, state))
        else:
            with pytest.raises(Refused):
                reopen(**arguments)

    @precondition(lambda self: self.life.state)
    @rule()
    def ask(self) -> None:
        if self.life.is_locked:
            with pytest.raises(NotAllowed):
                raise_query(text="Is it so?", by=self.monitor, case_form=self.form, item=ITEM)
            return
        query = raise_query(text="Is it so?", by=self.monitor, case_form=self.form, item=ITEM)
        self.life.queries[query.pk] = QueryState.OPEN

    @precondition(lambda self: self.life.queries)
    @rule(data=st.data(), closes=st.booleans())
    def take_a_step(self, data: st.DataObject, closes: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.life.queries)))
        query, state = Query.objects.get(pk=key), self.life.queries[key]
        step, by = (close_query, self.monitor) if closes else (answer_query, self.trial.by)
        allowed = (QueryState.OPEN, QueryState.ANSWERED) if closes else (QueryState.OPEN,)
        if self.life.is_locked or state not in allowed:
            with pytest.raises(NotAllowed):
                step(query=query, text="Yes.", by=by)
        else:
            step(query=query, text="Yes.", by=by)
            self.life.queries[key] = QueryState.CLOSED if closes else QueryState.ANSWERED

    @precondition(lambda self: self.life.state and QueryState.OPEN not in self.life.queries.values())
    @rule(behind=SEEN)
    def verify_against_the_source(self, behind: int) -> None:
        form = self.form
        assert form is not None
        done = verify(chosen=[FormToVerify(form.pk, self.life.version - behind)], by=lambda site: self.monitor)
        refused = self.life.is_locked or self.life.state == FormState.DRAFT or behind
        if refused:
            assert [unverified.pk for unverified, _ in done.left_out] == [form.pk]
        elif self.life.pulse:
            self.life.verified = self.life.pulse

    # --- what must be so after each -------------------------------------------------------------------------------

    @invariant()
    def the_form_is_as_the_reference_says(self) -> None:
        form, life = self.form, self.life
        if not life.state:
            assert form is None
            return
        assert form is not None
        assert (form.state, form.version) == (life.state, life.version)
        assert bool(form.locked_at) == life.is_locked
        assert bool(form.frozen_at) == life.is_shut(ClosureState.FROZEN)
        if life.pulse:
            assert str(VitalSigns.objects.get(case_form=form).pulse_per_min) == life.pulse

    @invariant()
    def a_signature_holds_for_its_own_version_alone(self) -> None:
        signatures = standings(
            Signature.objects.filter(case_form__subject=self.subject).select_related("case_form__subject")
        )
        holding = {signature.version for signature, how in signatures if how == SignatureStanding.HOLDS}
        assert holding == ({self.life.signed} if self.life.signed and self.life.signed == self.life.version else set())
        assert SignatureStanding.ALTERED not in {how for _, how in signatures}

    @invariant()
    def what_changed_is_verified_no_more(self) -> None:
        standing = Verification.objects.filter(case_form__subject=self.subject, item=ITEM, ended_at=None)
        assert standing.count() == bool(self.life.verified)

    @invariant()
    def queries_are_where_their_steps_led(self) -> None:
        states = dict(Query.objects.filter(pk__in=self.life.queries).values_list("pk", "state"))
        assert states == self.life.queries

    @invariant()
    def the_trail_tells_each_version_once(self) -> None:
        events = Event.objects.filter(
            id__gt=self.first_event, table_name="assessments_caseform", new__has_key="version"
        )
        versions = events.order_by("id").values_list("new__version", flat=True)
        assert list(versions) == list(range(1, self.life.version + 1))


@pytest.mark.django_db
def test_a_form_s_life_is_as_the_reference_says() -> None:
    FormLife.trial = trial = Trial()
    FormLife.subject = trial.subject()
    trial.fill(FormLife.subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    unhurried = [HealthCheck.too_slow, HealthCheck.data_too_large]
    options = settings(max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=unhurried)
    run_state_machine_as_test(FormLife, settings=options)
