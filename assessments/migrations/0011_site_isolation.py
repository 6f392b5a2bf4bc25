"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation

BY_FORM = ["itemabsence", "savereceipt", "drugdispensing", "drugdispensingrow", "everolimusrecord", "everolimusinterval", "exposurerecord", "exposureinterval", "infusionvisit", "consent", "demography", "breastcancerhistory", "priortherapy", "eligibility", "vitalsigns", "ecg", "lvef", "pregnancytest", "haematology", "chemistry", "laboratoryresult", "concomitantmedication", "protocoldeviation", "newanticancertherapy", "medicalhistory", "medicalhistoryrow", "endoftreatment", "followup", "death", "adverseevent", "dltevaluation", "tumourbaseline", "tumourassessment", "lesionresult"]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("assessments", "0010_time_of_awareness"),
        ("cohorts", "0004_site_isolation"),
    ]
    operations = [
        SiteIsolation("assessments_caseform", by="subject_id"),
        SiteIsolation("assessments_openform", by="subject_id"),
        SiteIsolation("assessments_lesion", by="subject_id"),
        *(SiteIsolation(f"assessments_{name}", by="case_form_id") for name in BY_FORM),
    ]
