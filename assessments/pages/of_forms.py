"""How each case form looks: a line a form, with its completion guideline, its sections and what stands about it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.forms.items import ItemForm
from assessments.pages import hints, proposals, sections, tablets
from assessments.place import Place
from cohorts.models import Subject
from protocol import current


@dataclass(frozen=True)
class FormPage:
    """The page of one case form. Only the guideline is needed: all else has a usual way.

    `guideline` are the sentences that a site should know while filling it. `sections` names each section by its first
    item (it goes to the one before the next), or says of each item in which section it stands. `template` is one of
    templates/assessments, `above` the template of what stands above the form once it was saved. `hints` puts what is
    known beside the fields, `proposes` what the record knows into a new form, `beside` more for the template.
    """

    guideline: tuple[str, ...]
    sections: Mapping[str, str] | Callable[[str], str] = field(default_factory=dict)
    rows_title: str = "Entries"
    template: str = "entry"
    above: str = ""
    hints: Callable[[Place, ItemForm], None] | None = None
    proposes: Callable[[Place], Iterator[proposals.Proposal]] | None = None
    beside: Callable[[Subject], dict[str, Any]] | None = None


OF_FORMS: dict[str, FormPage] = {
    "consent": FormPage(
        (
            "Enter the date on which the subject signed, not the date of the visit.",
            "Nothing else can be entered for a subject before this form is complete with consent given.",
            "A withdrawal of consent is entered as the reason at End of treatment, not by changing this form.",
        ),
    ),
    "demography": FormPage(
        (
            "Where the day or month of birth is unknown, leave it out: 1957 or 1957-03 are dates that can be saved.",
            "Ask the subject for race and ethnicity where local law allows it; “unknown” is an answer.",
        ),
    ),
    "eligibility": FormPage(
        (
            "Enter the values as they were on the day of screening: the verdict on each criterion is worked out from "
            "them.",
            "Values and limits come from the same laboratory report; the upper limit of normal is that laboratory's.",
            "A criterion that is not met stands in the way of enrolment. There are no waivers.",
        ),
        sections=sections.of_eligibility,
        template="eligibility",
        proposes=proposals.for_eligibility,
    ),
    "history": FormPage(
        (
            "Enter each marker as the pathologist reported it; where two methods were used, both.",
            "One row for each earlier therapy, adjuvant ones too: who may enter is decided by them.",
            "Progression on a therapy and its end are different facts: enter the outcome as best response or "
            "progression.",
        ),
        sections=sections.of_history,
        rows_title="Earlier therapies",
    ),
    "medical_history": FormPage(
        (
            "Conditions before the first dose, still there or not. What begins later is an adverse event.",
            "One row for each condition. The cancer under study and its therapy have a form of their own.",
            "The grade of a condition that is still there is the baseline that later adverse events are compared with.",
        ),
        rows_title="Conditions",
    ),
    "vital_signs": FormPage(
        (
            "Weigh without shoes and heavy clothing. The weight of the day is what planned doses are computed from.",
            "WHO performance status is the investigator's judgement on the day, before any dose.",
        ),
        sections={"vital_signs_date": "Visit", "systolic_mmhg": "Circulation", "who_status": "General condition"},
    ),
    "ecg": FormPage(
        (
            "Enter the intervals that the machine printed and a physician confirmed; QTc by Fridericia.",
            "“Abnormal” asks whether it is clinically significant: if it is, and is new, there is an adverse event "
            "too.",
        ),
        sections={"ecg_date": "Recording", "interpretation": "Reading"},
    ),
    "lvef": FormPage(
        (
            "Use one method for a subject throughout: values by echocardiography and by MUGA cannot be compared.",
            "A fall of 10 points or more to below the institution's lower limit is a reason to ask about the dose.",
        ),
    ),
    "pregnancy_test": FormPage(
        (
            "Needed for every woman who can bear children, before the first dose.",
            "For everyone else say why not, once.",
        ),
        sections={"childbearing": "Need", "test_date": "Test"},
        proposes=proposals.for_pregnancy_test,
    ),
    "haematology": FormPage(
        (
            "Enter each value with the unit of the report: it is converted, and graded against the site's own limits.",
            "A value out of range asks whether it is clinically significant. If it is, enter the adverse event as "
            "well.",
            "An analyte that was not measured is marked as not done; it is not left blank.",
        ),
        template="laboratory",
    ),
    "chemistry": FormPage(
        (
            "Say whether the sample was taken fasting: glucose, cholesterol and triglycerides are graded by it.",
            "Enter each value with the unit of the report: it is converted, and graded against the site's own limits.",
            "Calcium is corrected for albumin where both were measured in the sample.",
        ),
        template="laboratory",
    ),
    "tumour_baseline": FormPage(
        (
            "Within the days before the first dose that the protocol allows. Choose lesions once: every later "
            "assessment asks for the same ones.",
            "Target lesions are measurable and measured in their longest diameter, in millimetres. Everything else "
            "that is disease is a non-target lesion, without a measurement.",
            "A lesion in a field that was irradiated is a target lesion only if it has grown since.",
        ),
        template="tumour_baseline",
    ),
    "tumour": FormPage(
        (
            "Measure the same lesions by the same method as at baseline.",
            "A lesion that is gone is “gone”, not 0; one too small to measure is “too small”; one that was not looked "
            "at was “not assessed”, which makes the sum incomplete.",
            "The overall response is the investigator's own. The one that follows from the measurements stands beside "
            "it; where the two differ, explain it or correct what is wrong.",
        ),
        template="tumour",
    ),
    "everolimus": FormPage(
        (
            "One row for each time of one constant dose. A new dose, a new frequency or an interruption begins a new "
            "row.",
            "An interruption is a row with dose 0 and its reason. Single days that were forgotten are “days missed”.",
            "Who never took any has no row and a reason. Tablets are counted on their own form, “Everolimus tablets”.",
        ),
        rows_title="Dosing periods",
    ),
    "infusion": FormPage(
        (
            "Planned doses are computed from the weight and height on this form and the dose level that you choose.",
            "A delay, a reduction or an omission needs its reason.",
            "If a drug was not given at all, say so: an omitted infusion is a fact of its own.",
        ),
        sections={
            "infusion_date": "Visit",
            "paclitaxel_given": "Paclitaxel",
            "trastuzumab_given": "Trastuzumab",
        },
        template="infusion",
        hints=hints.of_an_infusion,
        proposes=proposals.for_infusion,
    ),
    "dispensing": FormPage(
        (
            "One row for each hand-out of tablets of one strength; what comes back is entered in the same row.",
            "Count returned tablets with the subject present. Lost tablets are not taken tablets.",
        ),
        rows_title="Tablets handed out and brought back",
        template="dispensing",
        beside=tablets.beside,
    ),
    "exposure": FormPage(
        (
            "One row for each time of one constant dose of one drug, as the source has it.",
            "A placebo was given at dose 0. A drug that was not given is an interruption.",
        ),
        rows_title="Dosing periods",
    ),
    "end_of_treatment": FormPage(
        (
            "When the last of the study drugs was stopped for good.",
            "Progression as the reason needs the tumour assessment, or the clinical finding, on which it rests.",
            "After this the subject is followed for survival, as often as the protocol asks, until death.",
        ),
        sections=sections.of_an_end,
    ),
    "follow_up": FormPage(
        (
            "Enter the date on which the subject was known to be alive: that date counts, not the day of the call.",
            "A contact with a relative or a physician counts as well. A lost subject is one whom nobody could reach.",
            "A new anticancer therapy matters to the analysis: enter it with the date on which it began.",
        ),
        sections={"contact_date": "Contact", "new_therapy_given": "New anticancer therapy"},
    ),
    "death": FormPage(
        (
            "As much of the date as is known. A month without a day is better than a guess.",
            "The cause is the underlying one. A death within 28 days of the last dose is a serious adverse event too.",
        ),
    ),
    "dlt_evaluation": FormPage(
        (
            "At the end of the cycles in which toxicity counts. A subject counts after a dose-limiting toxicity, or "
            "after all of that time with the part of the planned dose that the protocol asks for.",
            "The events that limited the dose are marked on their own forms.",
        ),
        sections={"evaluation_date": "Cycle 1", "dose_limiting_toxicity": "Verdict"},
    ),
    "adverse_event": FormPage(
        (
            "One form for each event, from consent on. Enter a diagnosis rather than its symptoms.",
            "The grade is the worst one, by the CTCAE version of the protocol. Relation and action are asked drug by "
            "drug.",
            "Serious is not severe: it is death, danger to life, hospital, disability, malformation, medical "
            "importance. The sponsor is told of a serious event as soon as the form is complete; report it within 24 "
            "hours.",
        ),
        sections=sections.of_an_event,
        template="adverse_event",
        above="safety/clock_slot.html",
        hints=hints.of_an_event,
        proposes=proposals.for_adverse_event,
    ),
    "medication": FormPage(
        (
            "What the subject takes beside the trial's drugs, with what it is given for. Premedication too.",
            "A medication for an adverse event has the same dates as that event's treatment.",
        ),
        sections={"medication": "Medication", "dose": "Dose", "before_trial": "Time"},
    ),
    "new_therapy": FormPage(
        (
            "Any therapy of the cancer after the trial's own: drugs, radiotherapy, surgery.",
            "The date on which it began is used in the sensitivity analyses of progression-free survival.",
        ),
    ),
    "deviation": FormPage(
        (
            "What departed from the protocol, whoever noticed it. Important ones touch safety, rights or the "
            "endpoints.",
            "Say what was done so that it does not happen again.",
        ),
    ),
    "reconsent": FormPage(
        (
            "Each time that the subject is asked to consent anew, to an amendment of the protocol; also where the "
            "answer is no.",
            "From this day on, or from the day on which the version is active at the site, the visits follow it.",
        ),
    ),
}


def guideline(code: str) -> tuple[str, ...]:
    """What holds in any trial, and what the protocol file adds for its own."""
    return (*OF_FORMS[code].guideline, *current().guidelines.get(code, ()))


def headings(code: str, names: Iterable[str]) -> dict[str, str]:
    """By the first item of each section its heading, for items in the order of the form."""
    stated = OF_FORMS[code].sections
    if isinstance(stated, Mapping):
        return dict(stated)
    first: dict[str, str] = {}
    last = ""
    for name in names:
        if (section := stated(name)) != last:
            first[name] = last = section
    return first
