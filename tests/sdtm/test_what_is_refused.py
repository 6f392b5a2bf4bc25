"""Who may import, which folders can be read, and what is listed as not taken."""

from typing import Any

import pytest
from django.core.management import CommandError

from accounts.actor import acting
from accounts.models import Membership, Site, User
from assessments.models import CaseForm, Demography, EndOfTreatment, Lesion, TumourAssessment
from cohorts.models import Enrolment, Subject
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.cast import SETUP, actor, person
from tests.sdtm.study import WEEK_8, _rs, _tr, data

pytestmark = pytest.mark.django_db


def refusal(study: Any, by: str = "carla", *options: str) -> str:
    with pytest.raises(CommandError) as refused:
        study.run(by, *options)
    assert not Subject.objects.exists()
    return str(refused.value)


def reasons(study: Any) -> dict[tuple[str, str], str]:
    return {(line["domain"], line["row"]): line["why"] for line in study.report()}


def test_an_unknown_user_imports_nothing(study: Any) -> None:
    study.write()
    assert refusal(study, "nobody") == "There is no user nobody: an administrator adds people."


def test_a_suspended_user_imports_nothing(study: Any) -> None:
    study.write()
    with acting(SETUP):
        User.objects.filter(pk=study.coordinator.pk).update(is_active=False)
    assert refusal(study) == "The account of carla is suspended."


def test_who_may_not_enter_data_imports_nothing(study: Any) -> None:
    study.write()
    person("dora", "data_manager")
    assert refusal(study, "dora") == "dora may not enter data at site 701."
    assert "new site" in refusal_of_new_site(study)


def test_into_a_locked_site_nothing_is_imported_and_the_report_says_why(study: Any) -> None:
    study.write()
    by = actor(person("dora", "data_manager"), "data_manager")
    site = Site.objects.get(code="701")
    shut(reach=Reach(site), state=ClosureState.LOCKED, reason="data cut", by=by)
    study.run()
    assert not Subject.objects.exists()
    assert any("was not imported: The site was locked by dora" in why for why in reasons(study).values())


def refusal_of_new_site(study: Any) -> str:
    datasets = data()
    datasets["dm"][2]["SITEID"] = "999"
    study.write(datasets=datasets)
    return refusal(study, "dora", "--create-sites")


def test_a_missing_site_is_named_and_is_opened_when_asked_for(study: Any) -> None:
    datasets = data()
    datasets["dm"][2]["SITEID"] = "702"
    study.write(datasets=datasets)
    assert refusal(study).startswith("There is no site 702:")
    study.run("carla", "--create-sites")
    site = Site.objects.get(code="702")
    assert (site.country, Subject.objects.filter(site=site).count()) == ("USA", 1)
    assert Membership.objects.filter(user=study.coordinator, site=site, role="coordinator").exists()


def test_a_folder_without_dm_is_refused(study: Any) -> None:
    datasets = data()
    del datasets["dm"]
    study.write(datasets=datasets)
    assert "has no DM dataset" in refusal(study)


def test_a_domain_given_twice_is_refused(study: Any) -> None:
    study.write("csv")
    study.write("json")
    assert "has DM more than once: dm.csv and dm.json" in refusal(study)


def test_a_damaged_file_is_named(study: Any) -> None:
    study.write()
    (study.folder / "rs.csv").unlink()
    (study.folder / "rs.parquet").write_bytes(b"not parquet at all")
    assert refusal(study).startswith("rs.parquet cannot be read:")


def test_a_dataset_without_its_variables_is_named(study: Any) -> None:
    datasets = data()
    datasets["tr"] = [{"USUBJID": "X-701-1001", "TRTESTCD": "LDIAM"}]
    study.write(datasets=datasets)
    assert refusal(study) == "tr.csv lacks the variable TRLNKID: it is no TR dataset."


def test_a_reader_who_read_nothing_is_refused_with_the_readers_there_are(study: Any) -> None:
    study.write()
    words = refusal(study, "carla", "--reader", "radiologist 9")
    assert words == "No tumour was read by radiologist 9; the readers are: investigator, radiologist 1."


def test_a_response_that_recist_does_not_know_leaves_a_draft_and_a_line(study: Any) -> None:
    datasets = data()
    datasets["rs"][0]["RSSTRESC"] = "CHECK"
    study.write(datasets=datasets)
    study.run()
    assert reasons(study)["RS", "1"] == "CHECK is no ovrlresp of RECIST"
    form = CaseForm.objects.get(code="tumour", state="draft")
    assert TumourAssessment.objects.get(pk=form.pk).overall_response == ""


def test_rows_of_a_subject_who_is_not_in_dm_are_listed(study: Any) -> None:
    datasets = data()
    del datasets["dm"][1]
    study.write(datasets=datasets)
    study.run()
    assert reasons(study)["EX", "3"] == reasons(study)["DS", "4"] == "the subject is not in DM"


@pytest.mark.requirement("ICH E6(R3) 4.2.5")
def test_a_value_outside_a_code_list_is_listed_and_the_rest_of_its_row_is_kept(study: Any) -> None:
    datasets = data()
    datasets["dm"][1]["SEX"] = "UNDIFFERENTIATED"
    study.write(datasets=datasets)
    study.run()
    lines = [line for line in study.report() if line["USUBJID"] == "X-701-1002"]
    assert ("SEX", "UNDIFFERENTIATED") in {(line["variable"], line["value"]) for line in lines}
    demography = Demography.objects.get(case_form__subject__source_id="X-701-1002")
    assert (demography.sex, demography.age, demography.case_form.state) == ("", 63, "draft")


def test_terms_of_no_list_stay_in_their_own_words_where_the_form_has_room(study: Any) -> None:
    datasets = data()
    datasets["ds"][3]["DSDECOD"] = datasets["ds"][3]["DSTERM"] = "MOVED AWAY"
    study.write(datasets=datasets)
    study.run()
    end = EndOfTreatment.objects.get(case_form__subject__source_id="X-701-1002")
    assert (end.reason, end.explanation) == ("OTHER", "MOVED AWAY")
    lesion = Lesion.objects.get(label="NEW01")
    assert (lesion.location, lesion.location_detail) == ("OTHER", "SCALP")
    assert {"taken, with a remark"} == {line["what"] for line in study.report() if line["domain"] in ("DS", "TU")}


@pytest.mark.parametrize(
    ("domain", "row", "why"),
    [
        ("tr", _tr("T09", "LDIAM", 11.0, WEEK_8), "lesion T09 is not identified in TU"),
        ("tr", _tr("T01", "LDIAM", 99.0, WEEK_8), "the same LDIAM of the same assessment as row 7, which"),
        ("tr", _tr("NT01", "TUMSTATE", "SHIMMERING", (12.0, "WEEK 12", "2014-03-26")), "SHIMMERING says nothing that"),
        ("tr", _tr(None, "SUMDIAM", 12.0, WEEK_8), "the sum is not that of the diameters, which are what counts"),
        ("tr", _tr("T01", "LDIAM", 2000.0, (12.0, "WEEK 12", "2014-03-26")), "Tumour assessment: 2000 mm cannot be"),
        ("rs", _rs("BESTRESP", "PR", WEEK_8), "BESTRESP is derived here, or has no form"),
    ],
)
def test_each_row_that_cannot_be_taken_says_why(study: Any, domain: str, row: dict[str, Any], why: str) -> None:
    datasets = data()
    datasets[domain].append(row)
    study.write(datasets=datasets)
    study.run()
    assert reasons(study)[domain.upper(), str(len(datasets[domain]))].startswith(why)


def test_a_dose_without_a_whole_start_date_is_not_taken(study: Any) -> None:
    datasets = data()
    datasets["ex"][2]["EXSTDTC"] = "2014-01"
    study.write(datasets=datasets)
    study.run()
    assert reasons(study)["EX", "3"] == "the start of a dose must be a whole date"
    assert Subject.objects.get(source_id="X-701-1002").first_dose_date is None


def test_a_subject_who_is_here_under_the_same_label_is_not_half_imported(study: Any) -> None:
    from cohorts.services import add_subject, sync_protocol

    sync_protocol(by=SETUP)
    add_subject(site=study.site, by=SETUP, label="701-1001")
    study.write()
    output = study.run()
    assert "2 subjects came in, 0 were here already, 1 were not taken." in output
    assert not CaseForm.objects.filter(subject__label="701-1001").exists()
    assert {line["why"][:28] for line in study.report() if line["USUBJID"] == "X-701-1001"} == {
        "the subject was not imported"
    }


def test_nobody_is_enrolled_who_has_no_arm(study: Any) -> None:
    study.write()
    study.run()
    assert set(Enrolment.objects.values_list("subject__source_id", flat=True)) == {"X-701-1001", "X-701-1002"}
