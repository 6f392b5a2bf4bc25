import pytest

from tests.cast import Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial():
    return Trial()


def test_smoke(trial, client):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "40", "T02": "30"}, "PR")
    for user in (trial.coordinator, trial.data_manager):
        client.force_login(user)
        for url in (
            "/subjects/",
            f"/subjects/{subject.pk}/",
            "/cohorts/",
            "/queries/",
            "/trail/",
            f"/trail/?subject={subject.label}",
            f"/trail/?form={subject.forms.first().pk}&item=consent_date",
        ):
            answer = client.get(url)
            assert answer.status_code == 200, (url, answer.status_code)
