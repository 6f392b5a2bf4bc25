"""One cast of people, sites and a subject on treatment, for every test that needs the trial to be under way."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.actor import Actor, acting
from accounts.models import Membership, Site, User
from accounts.statement import version
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import CaseForm
from assessments.place import Place
from assessments.services import save_form
from assessments.visits.dating import judged
from casebook.services import approve_enrolment, request_enrolment
from cohorts.models import Basis, Cohort, SiteGoLive, Subject, TrialGoLive
from cohorts.services import add_subject, begin_treatment, open_cohort, sync_protocol
from tests.examples import EXAMPLES, SCREENING

SETUP = Actor(None, "setup", "system", "system")
FIRST_DOSE = date(2008, 1, 7)
PASSWORD = "correct horse battery staple"

ELIGIBLE: dict[str, Any] = {
    "sex": "F",
    "age_at_consent": 54,
    "who_status": 1,
    "her2_ihc": "3+",
    "her2_fish": "POSITIVE",
    "histology_confirmed": "Y",
    "progressed_on_trastuzumab": "Y",
    "resistant_to_trastuzumab": "Y",
    "resistant_to_taxanes": "Y",
    "measurable_disease": "Y",
    "neurologically_stable": "Y",
    "neutrophils": "3.2",
    "platelets": "240",
    "haemoglobin": "12.1",
    "bilirubin": "9",
    "bilirubin_uln": "20",
    "ast": "28",
    "ast_uln": "35",
    "alt": "30",
    "alt_uln": "35",
    "liver_metastases": "Y",
    "creatinine": "70",
    "creatinine_uln": "95",
    "consent_date": "2007-12-20",
    "planned_first_dose_date": "2008-01-07",
    "prior_endocrine_therapy": "N",
    "prior_chemotherapy": "Y",
    "last_chemotherapy_date": "2007-09-30",
    "prior_immunotherapy": "N",
    "prior_radiotherapy": "N",
    "prior_lapatinib": "N",
    "prior_mtor_inhibitor": "N",
}
BASELINE_LESIONS = (
    {"kind": "TARGET", "location": "LIVER", "method": "SPIRAL CT SCAN", "diameters_mm": "60"},
    {"kind": "TARGET", "location": "LUNG", "method": "SPIRAL CT SCAN", "diameters_mm": "40"},
    {"kind": "NON-TARGET", "location": "BONE", "method": "SCINTIGRAPHY", "state": "PRESENT"},
)


def person(name: str, role: str, site: Site | None = None) -> User:
    return people((name, role, site))[0]


def people(*those: tuple[str, str, Site | None]) -> list[User]:
    """A user of each name, with that role at that site, or at all of them; together, as nearly every test has eight."""
    with acting(SETUP):
        users = User.objects.bulk_create([_user(name) for name, _, _ in those])
        held = zip(users, those, strict=True)
        Membership.objects.bulk_create([Membership(user=user, role=role, site=at) for user, (_, role, at) in held])
    return users


def _user(name: str) -> User:
    return User(
        username=name,
        email=f"{name}@example.org",
        password=make_password(PASSWORD),
        first_name=name.title(),
        statement_version=version(),
    )


def go_live(*sites: Site) -> None:
    """The trial and the sites take subjects, as where subjects were there before go-live was signed."""
    with acting(SETUP):
        TrialGoLive.objects.get_or_create(basis=Basis.BEFORE)
        SiteGoLive.objects.bulk_create(SiteGoLive(site=site, basis=Basis.BEFORE) for site in sites)


def actor(user: User, role: str, channel: str = "screen") -> Actor:
    return Actor(user.pk, user.username, role, channel)


@dataclass
class Trial:
    """Two sites, the people of the trial, and what they do."""

    site: Site = field(init=False)
    other_site: Site = field(init=False)

    def __post_init__(self) -> None:
        sync_protocol(by=SETUP)
        with acting(SETUP):
            self.site = Site.objects.create(code="101", name="North Hospital", country="France")
            self.other_site = Site.objects.create(code="102", name="South Hospital", country="Italy")
        go_live(self.site, self.other_site)
        (
            self.investigator,
            self.coordinator,
            self.monitor,
            self.stranger,
            self.data_manager,
            self.sponsor,
            self.auditor,
            self.administrator,
        ) = people(
            ("ines", "investigator", self.site),
            ("carla", "coordinator", self.site),
            ("mona", "monitor", self.site),
            ("stella", "coordinator", self.other_site),
            ("dora", "data_manager", None),
            ("sven", "sponsor", None),
            ("axel", "auditor", None),
            ("adam", "administrator", None),
        )
        self.by = actor(self.coordinator, "coordinator")
        for cohort in Cohort.objects.filter(is_open=False):
            open_cohort(cohort=cohort, reason="level opened", by=actor(self.data_manager, "data_manager"))

    def subject(self, site: Site | None = None) -> Subject:
        return add_subject(site=site or self.site, by=self.by)

    def fill(
        self,
        subject: Subject,
        code: str,
        record: dict[str, Any],
        rows: Any = (),
        *,
        visit: str | None = None,
        complete: bool = True,
        case_form: CaseForm | None = None,
        reason: str = "",
        by: Actor | None = None,
    ) -> CaseForm:
        """Fill a form as an import does, which need not speak of every lesion: bind, check, save."""
        at = subject.visits.get(code=visit) if visit else case_form and case_form.visit
        place = Place(subject, CATALOGUE[code], at, case_form)
        with judged(place, record):
            entry = Entry(
                CATALOGUE[code],
                subject=subject,
                case_form=case_form,
                data=typed(record, rows),
                complete=complete,
                every_lesion=False,
                visit=at,
            )
            assert entry.is_valid(), entry.errors
            return save_form(
                place=place,
                values=entry.values(),
                by=by or self.by,
                seen_version=case_form.version if case_form else None,
                complete=complete,
                reason=reason,
            )

    def screen(self, subject: Subject, lesions: Any = BASELINE_LESIONS) -> None:
        self.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
        self.fill(
            subject,
            "demography",
            {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"},
            visit="SCR",
        )
        self.fill(subject, "eligibility", ELIGIBLE, visit="SCR")
        history = {
            "diagnosis_date": "2004",
            "metastatic_date": "2006-03",
            "histology": "INVASIVE DUCTAL CARCINOMA",
            "her2_ihc": "3+",
            "her2_fish": "POSITIVE",
        }
        therapy = {"kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD"}
        self.fill(subject, "history", history, [therapy], visit="SCR")
        for code in SCREENING:
            self.fill(subject, code, *EXAMPLES[code], visit="SCR")
        self.fill(
            subject,
            "tumour_baseline",
            {"assessment_date": "2008-01-02", "disease_measurable": "Y"},
            lesions,
            visit="SCR",
        )

    def enrol(self, subject: Subject, cohort: str = "P2-10D") -> None:
        by = actor(self.investigator, "investigator")
        enrolment = request_enrolment(subject=subject, cohort=Cohort.objects.get(code=cohort), by=by)
        approve_enrolment(enrolment=enrolment, on=date(2008, 1, 4), by=actor(self.data_manager, "data_manager"))

    def infuse(self, subject: Subject, on: date = FIRST_DOSE, visit: str | None = None) -> CaseForm:
        record = {
            "infusion_date": on.isoformat(),
            "weight_kg": "64",
            "height_cm": "165",
            "paclitaxel_given": "Y",
            "paclitaxel_level_mg_m2": "80",
            "paclitaxel_dose_mg": "137",
            "trastuzumab_given": "Y",
            "trastuzumab_loading": "Y" if on == FIRST_DOSE else "N",
            "trastuzumab_dose_mg": "256" if on == FIRST_DOSE else "128",
        }
        return self.fill(subject, "infusion", record, visit=visit)

    def treated_at_visits(self, site: Site | None = None) -> Subject:
        """The same, with the infusion at the first day of cycle 1."""
        subject = self.subject(site)
        self.screen(subject)
        self.enrol(subject)
        begin_treatment(subject=subject, on=FIRST_DOSE, by=self.by)
        self.infuse(subject, visit="C1D1")
        subject.refresh_from_db()
        return subject

    def treated_subject(self, cohort: str = "P2-10D", site: Site | None = None) -> Subject:
        """Screened, enrolled and past the first infusion."""
        subject = self.subject(site)
        self.screen(subject)
        self.enrol(subject, cohort)
        self.infuse(subject)
        subject.refresh_from_db()
        return subject

    def assess(
        self,
        subject: Subject,
        day: int,
        sizes: dict[str, Any],
        overall: str,
        *,
        new: str = "N",
        non_target: str = "NON-CR/NON-PD",
    ) -> CaseForm:
        """A tumour assessment on a day of treatment; sizes by lesion label, as typed."""
        rows: list[dict[str, Any]] = [
            {"label": label, "kind": "TARGET", "location": "LIVER", "diameters_mm": size}
            for label, size in sizes.items()
        ]
        rows.append({"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "state": "PRESENT"})
        record = {
            "assessment_date": (FIRST_DOSE + timedelta(day - 1)).isoformat(),
            "non_target_response": non_target,
            "new_lesions": new,
            "overall_response": overall,
        }
        return self.fill(subject, "tumour", record, rows)
