"""Nothing that a role reads of the lung trial speaks of another trial's disease, drugs or design: pages, papers, files,
the API, messages and their empty states."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cohorts.services import begin_end_of_treatment
from endpoints.refresh import refresh_marked
from tests.api.operations import PEOPLE
from tests.other_trials.osimertinib import EVENT, OSIMERTINIB, SERIOUS, LungTrial, on
from tests.other_trials.walking import lists_of_the_api, read_by, text_of

FOREIGN = re.compile(
    r"her2|breast|lapatinib|trastuzumab|taxane|paclitaxel|everolimus|o?estrogen|progesterone|mtor\b|"
    r"dose.?limiting|\bdlts?\b|dose.levels?|phase i\b|infusion|not in use|NCT00426556|P2-10D",
    re.IGNORECASE,
)
# What is of any trial: an organ in which a lesion can be, a class of organs, the frequency of a dose, a class of
# medication; names of tables, which the sealed trail holds; keys of the protocol file, which a file may leave out.
OF_ANY = re.compile(
    r'"BREAST"(>Breast)?|"?label"?: "Breast"|BREAST\b|Breast (?=CHEST|breast)|'
    r"(reproductive )?(organs|system) and breast|assessments_breastcancerhistory|"
    r"(once: an|premedication of an) infusion|"
    r'"(dlt|dose_level|dlt_evaluated|everolimus_mg)": (null|false)|`dlt` - dlt|"dlt",|"dose_level"',
    re.IGNORECASE,
)


def foreign(text: str) -> list[str]:
    """Each foreign word with what stands around it."""
    plain = OF_ANY.sub(" ", re.sub(r"\s+", " ", text))
    return [plain[max(0, match.start() - 60) : match.end() + 40] for match in FOREIGN.finditer(plain)]


@pytest.fixture
def trial(db: None, settings: Any) -> LungTrial:
    settings.PROTOCOL_FILE = OSIMERTINIB
    return LungTrial()


@pytest.fixture
def under_way(trial: LungTrial) -> LungTrial:
    """One subject who responded, had a serious event and died, one who was screened, one who was added."""
    subject = trial.treated()
    trial.scan(subject, 43, {"T01": "28", "T02": "18", "T03": "12"}, "PR")
    trial.scan(subject, 85, {"T01": "27", "T02": "18", "T03": "12"}, "PR")
    trial.fill(subject, "adverse_event", EVENT)
    trial.fill(subject, "adverse_event", SERIOUS)
    begin_end_of_treatment(subject=subject, on=on(95), by=trial.by)
    trial.fill(subject, "end_of_treatment", {"end_date": "2008-04-10", "reason": "ADVERSE EVENT"}, visit="EOT")
    trial.fill(subject, "death", {"death_date": "2008-09-03", "cause": "DISEASE UNDER STUDY"})
    trial.screen(trial.subject())
    trial.subject()
    refresh_marked()
    return trial


def words_read_in(trial: LungTrial, *names: str) -> dict[tuple[str, str], list[str]]:
    """By user and address the foreign words that these people of the cast come upon."""
    read: Counter[str] = Counter()
    texts = ((name, *page) for name in names for page in read_by(getattr(trial, name), read))
    return {(name, address): words for name, address, text in texts if (words := foreign(text))}


def test_no_page_or_file_that_a_role_reads_has_such_a_word(under_way: LungTrial) -> None:
    assert words_read_in(under_way, *PEOPLE.values()) == {}


def test_no_list_of_the_api_has_such_a_word(under_way: LungTrial) -> None:
    client = Client()
    client.force_login(under_way.auditor)
    # The trail is told as it was written, and each row was written with all columns of its table (decision 0042).
    answers = {path: client.get(path) for path in lists_of_the_api() if path != "/api/v1/trail/"}
    read = {path: text_of(answer) for path, answer in answers.items() if answer.status_code == 200}
    assert len(read) > 40
    of_others = ("everolimus", "infusion", "dispensing", "dlt_evaluation", "dose-levels")
    assert not any(f"/{name}/" in path for path in read for name in of_others)
    by_path = {path: words for path, text in read.items() if (words := foreign(text))}
    assert by_path == {}


def test_a_trial_without_anybody_has_no_such_word_either(trial: LungTrial) -> None:
    refresh_marked()
    assert words_read_in(trial, "coordinator", "data_manager", "sponsor") == {}


def test_the_description_of_the_api_has_the_file_s_words(site_of: Callable[[Path], str]) -> None:
    import urllib.request

    address = site_of(OSIMERTINIB)
    trial, client = LungTrial(), Client()
    client.force_login(trial.auditor)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    request = urllib.request.Request(
        f"{address}/api/v1/schema/", headers={"Cookie": cookie, "Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        described = json.load(answer)
    history = described["components"]["schemas"]["HistoryRecord"]["properties"]
    assert history["choice_1"]["title"] == "Sensitising EGFR mutation"
    assert "EXON 19 DELETION" in history["choice_1"]["enum"]
    event = described["components"]["schemas"]["AdverseEventRecord"]["properties"]
    assert event["related_drug_1"]["title"] == "Related to osimertinib"
    # The keys that a protocol file may have are described as such.
    schemas = {name: part for name, part in described["components"]["schemas"].items() if name not in PARTS_OF_A_FILE}
    description = {"info": described["info"], "paths": described["paths"], "components": schemas}
    words = foreign(json.dumps(description, ensure_ascii=False))
    assert words == []


PARTS_OF_A_FILE = {"Protocol", "Cohort", "DltRule", "DltVisit", "DltCriterion", "Drug", "Escalation", "History"}
