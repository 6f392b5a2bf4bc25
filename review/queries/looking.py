"""Checks queries that are to be raised in bulk, from a file or by the API, before any of them is raised."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from accounts.access import Access
from accounts.filters import BIGGEST_KEY
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from assessments.models import CaseForm, Lesion
from cohorts.models import Subject
from components.from_file import Preview
from review.models import Query
from review.queries.assignees import Assignees
from review.row_items import ROW_ITEM, named
from review.services import LIVE, Question
from values.counts import counted
from values.tables import Line


@dataclass
class QueriesPreview(Preview):
    """`questions` beside their lines, as they would be asked; nothing is asked while a line is wrong."""

    columns_to_correct = ("Subject", "Visit", "Form", "Item")

    lines: list[Line]
    questions: list[tuple[Line, Subject, Question]] = field(default_factory=list)

    @property
    def new(self) -> list[tuple[Line, Subject, Question]]:
        return self.questions

    @property
    def button(self) -> str:
        return f"Raise {counted(len(self.questions), 'query', 'queries')}"

    def cells_of(self, line: Line) -> list[str]:
        values = line.values
        return [values["subject"], values["visit"], f"{values['form']} {values['form_id']}", values["item"]]

    @property
    def by_site(self) -> list[tuple[str, int]]:
        return sorted(Counter(subject.site.code for _, subject, _ in self.questions).items())


def look_through(lines: list[Line], access: Access, notes: Sequence[str] = ()) -> QueriesPreview:
    """A constant number of statements, and two for each form of which a row is asked about."""
    preview, places = QueriesPreview(lines, notes=notes), _Places(lines, access)
    seen: set[tuple[object, ...]] = set()
    for line in lines:
        question = None if line.errors else places.question(line)
        if question is None:
            continue
        asks = _key(question[1])
        if asks in seen or asks in places.asked:
            line.errors.append("This query is already open there.")
        seen.add(asks)
        preview.questions.append((line, *question))
    return preview


def _key(question: Question) -> tuple[object, ...]:
    form = question.case_form.pk if question.case_form else None
    return question.subject_id, form, question.item, question.text


class _Places:
    """The subjects that are named and their forms. Another site's do not exist here either."""

    def __init__(self, lines: Iterable[Line], access: Access) -> None:
        labels = {line.values["subject"].upper() for line in lines}
        subjects = access.limit(Subject.objects.select_related("site"), Permission.RAISE_QUERY)
        self.subjects = {subject.label.upper(): subject for subject in subjects.filter(label__in=labels)}
        keys = [subject.pk for subject in self.subjects.values()]
        self.forms: dict[int, list[CaseForm]] = defaultdict(list)
        for form in CaseForm.objects.filter(subject__in=keys).select_related("visit", "subject").order_by("pk"):
            self.forms[form.subject_id].append(form)
        live = Query.objects.filter(subject__in=keys, state__in=LIVE)
        self.asked = set(live.values_list("subject_id", "case_form_id", "item", "text"))
        self.people = Assignees({subject.site_id for subject in self.subjects.values()})

    def question(self, line: Line) -> tuple[Subject, Question] | None:
        values = line.values
        subject = self.subjects.get(values["subject"].upper())
        if subject is None:
            line.errors.append(f"There is no subject {values['subject']} at your sites.")
            return None
        form = self._form(line, subject) if values["form"] or values["form_id"] else None
        to = self.people.named(values["to"], subject.site_id)
        if to is None:
            line.errors.append(f"{values['to']} has no part in the queries of site {subject.site.code}.")
        item = self._item(line, form) if form and values["item"] else ""
        if line.errors or to is None:
            return None
        return subject, Question(subject.pk, form, item, values["text"], to)

    def _form(self, line: Line, subject: Subject) -> CaseForm | None:
        values, forms = line.values, self.forms[subject.pk]
        if values["form_id"]:
            forms = [form for form in forms if form.pk == min(int(values["form_id"]), BIGGEST_KEY)]
        if values["form"]:
            forms = [form for form in forms if form.code == values["form"]]
        if values["visit"]:
            forms = [form for form in forms if form.visit and form.visit.code.upper() == values["visit"].upper()]
        if not forms:
            line.errors.append("The subject has no such form.")
        elif len(forms) > 1:
            line.errors.append(f"The subject has {len(forms)} such forms: name the visit or the form_id.")
        elif forms[0].locked_at:
            line.errors.append(f"The form was locked by {forms[0].locked_by}.")
        return forms[0] if len(forms) == 1 else None

    def _item(self, line: Line, form: CaseForm) -> str:
        item, model = line.values["item"], CATALOGUE[form.code].record
        if item in {form_field.name for form_field, _ in items_of(model)}:
            return item
        name = named(form, item) if item.startswith("rows") else ""
        of_row = ROW_ITEM.fullmatch(name)
        rows = (CATALOGUE[form.code].rows, Lesion if CATALOGUE[form.code].has_lesions else None)
        if of_row is None or of_row[2] not in {
            form_field.name for model in filter(None, rows) for form_field, _ in items_of(model)
        }:
            line.errors.append(f"{CATALOGUE[form.code].title} has no item “{item}”.")
        return name
