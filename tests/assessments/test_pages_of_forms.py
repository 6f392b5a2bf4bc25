"""A case form as a page: who sees it, what it saves, and that nothing typed is lost."""

import pytest
from django.test import Client

from tests.cast import ELIGIBLE, Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Trial:
    return Trial()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_form_page_opens_for_each_form_of_the_catalogue(trial):
    from assessments.catalogue import CATALOGUE

    subject = trial.treated_subject()
    client = signed_in(trial.coordinator)
    for code in CATALOGUE:
        answer = client.get(f"/subjects/{subject.pk}/forms/{code}/", follow=True)
        assert answer.status_code == 200, code
        assert CATALOGUE[code].title in answer.content.decode()
