from assessments.items import items_of
from assessments.models import Eligibility


def test_the_eligibility_form_records_exactly_the_items_that_the_trial_decides_on(trial):
    columns = [field.name for field, _ in items_of(Eligibility)]
    assert columns == [item.code for item in trial.eligibility_items]


def test_the_units_on_the_eligibility_form_are_those_of_the_limits(trial):
    units = {field.name: item.unit for field, item in items_of(Eligibility)}
    assert units == {item.code: item.unit for item in trial.eligibility_items}


def test_the_choices_on_the_eligibility_form_are_those_of_the_trial(trial):
    for field, _ in items_of(Eligibility):
        item = trial.eligibility_item(field.name)
        if item.kind == "choice":
            assert [label.lower() for _, label in field.choices] == list(item.choices)
