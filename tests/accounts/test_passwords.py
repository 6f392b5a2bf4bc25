"""Which passwords are refused, by which rule; nothing is asked of a network."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.actor import SYSTEM
from accounts.roles import Role
from accounts.services import create_user
from tests.accounts.staff import PASSWORD, Staff, give_password, signed_in

GOOD = (
    PASSWORD,
    "a cart before the horse",
    "4kv9Qz!tR2bx",
    "correct horse battery staple",
    "w" * 3 + "4kv9Qz!tR2bx" * 40,
)
STOLEN, OWN = "on lists of stolen ones", "based on your name, this trial or its sites"


@pytest.fixture
def mary(staff: Staff) -> Any:
    return create_user(
        username="mary.poppins", first_name="Mary", last_name="Poppins", email="mp@nannies.example", by=SYSTEM
    )


@pytest.mark.parametrize("password", GOOD)
def test_several_words_and_random_letters_are_taken(mary: Any, password: str) -> None:
    validate_password(password, mary)


@pytest.mark.requirement("EMA 2023 authentication", "21 CFR 11.300")
@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("iloveyou12345", STOLEN),
        ("Password123456", STOLEN),
        ("P@ssw0rd123456", STOLEN),
        ("dragonmaster99", STOLEN),
        ("summer2026!!!", "a date"),
        ("letmeinletmein", "a repetition"),
        ("qwertyuiop12", "a sequence"),
        ("abcdefghijklm", "a sequence"),
        (";lkjhgfdsapoi", "a row of keys"),
        ("19530512john", "a name"),
        ("marypoppins2026", OWN),
        ("Nannies.2026.!", OWN),
        ("NorthHospital101", OWN),
        ("Oncology-EDC-1", OWN),
        ("everolimus2026", OWN),
        ("NCT00426556!!", OWN),
        ("Coordinator-17", OWN),
        ("brief", "too short"),
        ("123456789012", "entirely numeric"),
    ],
)
def test_a_refused_password_is_told_the_rule(mary: Any, password: str, rule: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, mary)
    assert rule in " ".join(refused.value.messages)
    assert password not in " ".join(refused.value.messages)


def test_the_page_says_which_rule_it_was(staff: Staff) -> None:
    user = staff[Role.MONITOR]
    give_password(user)
    typed = {"oldpassword": PASSWORD, "password1": "NorthHospital101", "password2": "NorthHospital101"}
    page = signed_in(user).post(reverse("account_change_password"), typed).content.decode()
    assert OWN in page
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
