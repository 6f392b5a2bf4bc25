"""An empty installation of a protocol file, brought by its pages to a site that takes subjects, and a subject along."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from playwright.sync_api import Error

from accounts.actor import acting
from accounts.models import Site, User
from accounts.statement import version
from activation.checklist import analytes_of
from assessments.catalogue import CATALOGUE
from cohorts.go_live import digest_of
from cohorts.models import SiteGoLive, Subject
from cohorts.services import sync_protocol
from demonstration.reference import SI
from protocol import Protocol, in_force
from tests.activation.test_from_nothing import finished_run
from tests.browser.desk import open_form, picture, press, sign_in
from tests.browser.typist import KeyboardTypist
from tests.cast import PASSWORD, SETUP, person
from worklists.nightly import follow_the_calendar

SITES = "code,name,time_zone,country\n101,North Hospital,Europe/Berlin,Germany\n"
PEOPLE = """user_name,first_name,last_name,email,role,sites,training,training_date
ines,Ines,Iven,ines@north.example,investigator,101,The protocol,2020-03-02
carla,Carla,Carl,carla@north.example,coordinator,101,The protocol,2020-03-02
mona,Mona,Moss,mona@cro.example,monitor,101,The protocol,2020-03-02
dora,Dora,Dorn,dora@cro.example,data manager,,The protocol,2020-03-02
sven,Sven,Sand,sven@sponsor.example,sponsor,,The protocol,2020-03-02
"""


def ranges(protocol: Protocol) -> str:
    """A list of the site's laboratory: all that the protocol needs."""
    lines = ["site;analyte;unit;low;high;valid_from"]
    for code in analytes_of(protocol):
        unit, low, high = (cell.replace("-", "") for cell in SI[code].split())
        lines.append(f"101;{code};{unit};{low};{high};1 Jan 2020")
    return "\n".join(lines)


class TrialWalk:
    """One browser, in which now this and now that person works."""

    def __init__(self, page: Any, owner: Any, folder: Path, days_ago: int) -> None:
        self.page, self.owner, self.folder = page, owner, folder
        self.typist = KeyboardTypist(page)
        # Day 0 of the subject's time in the trial.
        self.begin = timezone.localdate() - timedelta(days_ago)

    def day(self, number: int) -> str:
        return (self.begin + timedelta(number)).isoformat()

    def shown(self, number: int) -> str:
        on = self.begin + timedelta(number)
        return f"{on.day} {on:%b %Y}"

    def works(self, name: str) -> None:
        sign_in(self.page, User.objects.get(username=name))

    def goto(self, address: str) -> None:
        self.page.goto(f"{self.page.address}{address}")

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def press(self, button: str) -> None:
        self.page.locator("main").get_by_role("button", name=button).click()

    def reads(self, words: str) -> None:
        """Wait until the page says so; what it says else is shown by the failure."""
        try:
            self.page.get_by_text(words).first.wait_for()
        except Error:
            raise AssertionError(f"not said: {words}\n{self.page.locator('main').inner_text()}") from None

    # --- from an empty installation to a site that is live -----------------------------------------------------------
    def goes_live(self) -> None:
        sync_protocol(by=SETUP)
        person("adam", "administrator")
        self.works("adam")
        self._from_file("sites", SITES)
        self._from_file("people", PEOPLE)
        for name in ("ines", "carla", "mona", "dora", "sven"):
            self._admitted(name)
        self.works("dora")
        self._from_file("ranges", ranges(in_force()))
        self._trial_is_signed_off()
        self._site_is_signed()

    def _admitted(self, name: str) -> None:
        """As by the invitation, and with the statement signed: both have tests of their own."""
        user = User.objects.get(username=name)
        # By the site's own hasher: this process has a quick one.
        user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt" * 6)
        user.statement_version = version()
        with acting(SETUP):
            user.save(update_fields=["password", "statement_version"])

    def _from_file(self, kind: str, text: str) -> None:
        self.goto(f"/set-up/{kind}/")
        self.page.set_input_files("input[type=file]", self.file(f"{kind}.csv", text))
        self.press("Check file")
        self.press("Import ")
        self.reads("imported.")

    def _signs(self) -> None:
        self.page.fill("[name=username]", "dora")
        self.page.fill("[name=password]", PASSWORD)

    def _trial_is_signed_off(self) -> None:
        self.goto("/go-live/sign-off/")
        self.page.set_input_files("input[type=file]", self.file("acceptance.json", finished_run(in_force())))
        self.page.fill("[name=conclusion]", "Fit for this trial.")
        self._signs()
        self.press("Sign off")
        self.reads("The run is signed off: the trial is live.")

    def _site_is_signed(self) -> None:
        site = Site.objects.get(code="101")
        self.goto(f"/go-live/sites/{site.pk}/approval/")
        self.page.fill("[name=approved_on]", "2020-02-01")
        self.page.fill("[name=active_from]", "2020-02-15")
        self.press("Record the approval")
        self.reads("The approval is recorded.")
        self.goto(f"/go-live/sites/{site.pk}/sign/")
        self.page.fill("[name=forms_seen_by]", "Dr Iven")
        self.page.fill("[name=forms_seen_on]", "2020-02-20")
        self._signs()
        self.press("Sign: the site goes live")
        self.reads("Site 101 is live: it accepts subjects.")
        self._months_pass(site)

    def _months_pass(self, site: Site) -> None:
        """What nobody can wait for: the signature becomes one of the day before the subject came."""
        made = SiteGoLive.objects.get(site=site)
        made.live_from = self.begin - timedelta(30)
        made.digest = digest_of(made)
        # As the owner, for whom alone the table is more than readable; the database goes back to its state before.
        self.owner.execute("ALTER TABLE cohorts_sitegolive DISABLE TRIGGER USER")
        self.owner.execute("UPDATE cohorts_sitegolive SET live_from = %s, digest = %s", [made.live_from, made.digest])

    # --- a subject ---------------------------------------------------------------------------------------------------
    def adds_a_subject(self) -> Subject:
        self.works("carla")
        self.goto("/subjects/add/")
        self.press("Add the subject")
        self.reads("Added. Informed consent comes first.")
        return Subject.objects.order_by("-pk")[0]

    def screens(self, subject: Subject, forms: dict[str, Any]) -> None:
        for code, (record, rows) in forms.items():
            self.types(subject, code, record, rows, visit="SCR")

    def types(self, subject: Subject, code: str, record: dict[str, Any], rows: Any = (), *, visit: str = "") -> None:
        open_form(self.page, subject, code, visit)
        self.page.get_by_role("heading", name=CATALOGUE[code].title, exact=True).wait_for()
        self.typist.complete(code, record, rows)

    def enrols(self, subject: Subject, day: int) -> None:
        """The investigator asks for the only slot there is, or to be randomised; the data manager approves."""
        self.works("ines")
        self.goto(f"/subjects/{subject.pk}/enrolment/")
        self.press("Request the slot")
        self.reads("Requested. The data manager decides on it.")
        self.works("dora")
        self.goto(f"/enrolments/{subject.enrolment.pk}/approve/")
        self.page.fill("[name=on]", self.day(day))
        self.press("Enrol")
        self.reads(f"{subject} is enrolled: ")
        self.works("carla")

    def begins_treatment(self, subject: Subject, day: int) -> None:
        self.goto(f"/subjects/{subject.pk}/treatment/begin/")
        self.page.fill("[name=on]", self.day(day))
        press(self.page, "Enter")

    def night_of(self, day: int) -> None:
        """What the clock has the worker do each night: visits are planned on."""
        follow_the_calendar(day=self.begin + timedelta(day), by=SETUP)

    def lesions_over_time(self, subject: Subject, scans: int) -> dict[str, list[str]]:
        """The casebook's table, its cells by the heads of its rows: baseline first."""
        self.goto(f"/subjects/{subject.pk}/")
        lines = self.page.get_by_label("Lesions over time").locator("tr").all()
        cells = [[cell.strip() for cell in line.locator("th, td").all_inner_texts()] for line in lines]
        return {row[0]: row[1:] for row in cells if len(row) == scans + 2}

    def figures(self, population: str, analysis_set: str, name: str) -> str:
        """What the sponsor reads on the endpoints page."""
        self.works("sven")
        self.goto(f"/endpoints/{population}/{analysis_set}/")
        self.looks(name)
        return str(self.page.locator("main").inner_text())

    def looks(self, name: str) -> None:
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            picture(self.page, f"{name}-{width}")
        self.page.set_viewport_size({"width": 1280, "height": 900})
