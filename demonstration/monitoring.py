"""A monitor's visit to a hospital: open questions are answered, answered ones closed, new ones asked."""

from random import Random

from accounts.roles import Role
from assessments.models import CaseForm, FormState
from demonstration.design import Hospital
from demonstration.people import People
from review.models import Query, QueryState
from review.services import answer_query, close_query, raise_query

ANSWERS = {
    "window": ("The ward was closed that week; the date is right.", "The subject was on holiday; the date is right."),
    "range": ("Checked against the source: the value is right.", "Confirmed by the laboratory report."),
    "dose": ("The dose was given as recorded; the pharmacy confirmed it.",),
    "": ("Checked against the source: it is right.", "The source was copied to the file of the visit."),
}
QUESTIONS = {
    "infusion": ("weight_kg", "Please check the weight against the nurse's chart."),
    "tumour": ("overall_response", "Please confirm that the radiologist's report is on file."),
    "follow_up": ("contact_date", "Which source shows that the subject was alive on this day?"),
    "history": ("metastatic_date", "Is the day of the first metastasis known?"),
}
ANSWERED = {True: 0.45, False: 0.88}
CLOSED = {True: 0.70, False: 0.85}


class Monitoring:
    """Visits hospitals; what is answered and asked is drawn from `rng`."""

    def __init__(self, people: People, rng: Random) -> None:
        self.people, self.rng = people, rng

    def visit(self, hospital: Hospital) -> None:
        self._answer(hospital)
        self._close(hospital)
        self._ask(hospital)

    def _answer(self, hospital: Hospital) -> None:
        by = self.people.of(Role.COORDINATOR, hospital.code)
        for query in self._queries(hospital, QueryState.OPEN):
            if self.rng.random() < ANSWERED[hospital.slow]:
                answers = ANSWERS.get(query.check_id, ANSWERS[""])
                answer_query(query=query, text=self.rng.choice(answers), by=by)

    def _close(self, hospital: Hospital) -> None:
        by = self.people.of(Role.MONITOR, hospital.code)
        for query in self._queries(hospital, QueryState.ANSWERED):
            if self.rng.random() < CLOSED[hospital.slow]:
                close_query(query=query, text="Accepted.", by=by)

    def _ask(self, hospital: Hospital) -> None:
        site = self.people.sites[hospital.code]
        forms = CaseForm.objects.filter(subject__site=site, code__in=QUESTIONS, state=FormState.COMPLETE)
        recent = list(forms.order_by("-id")[:40])
        for case_form in self.rng.sample(recent, min(len(recent), self.rng.choice((0, 1, 1, 2)))):
            item, text = QUESTIONS[case_form.code]
            if not case_form.queries.filter(item=item).exists():
                raise_query(case_form=case_form, item=item, text=text, by=self.people.of(Role.MONITOR, hospital.code))

    def _queries(self, hospital: Hospital, state: QueryState) -> list[Query]:
        return list(Query.objects.filter(subject__site=self.people.sites[hospital.code], state=state).order_by("id"))
