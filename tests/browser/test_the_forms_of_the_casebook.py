"""Each form of the casebook in a real browser: within the screen of a telephone, for everyone, with its conditions."""

from tests.browser.desk import NARROW, faults, open_form, violations
from tests.examples import EXAMPLES

AT_NO_VISIT = ("adverse_event", "medication", "new_therapy", "deviation", "dlt_evaluation", "dispensing")
AT_A_VISIT = ("vital_signs", "ecg", "lvef", "pregnancy_test", "infusion")


def test_each_form_fits_a_telephone_and_everyone(desk, trial):
    subject = trial.treated_subject("P1-10D")
    trial.fill(subject, "dispensing", *EXAMPLES["dispensing"])
    measured = {}
    # As high as the longest form: what the foot covers while one scrolls would count as too small to touch.
    desk.set_viewport_size(NARROW | {"height": 4000})
    for code, visit in [(code, "") for code in AT_NO_VISIT] + [(code, "C1D8") for code in AT_A_VISIT]:
        open_form(desk, subject, code, visit)
        desk.locator("#crf, form[data-form]").first.wait_for()
        wide = desk.evaluate("document.documentElement.scrollWidth")
        measured[code] = (wide, violations(desk))
    assert measured == dict.fromkeys([*AT_NO_VISIT, *AT_A_VISIT], (NARROW["width"], []))
    assert faults(desk) == []


def test_the_criteria_of_a_serious_event_come_with_the_answer(desk, trial):
    open_form(desk, trial.treated_subject(), "adverse_event")
    criterion = desk.locator("#row_id_results_in_death")
    assert criterion.is_hidden()
    desk.locator("#id_serious_0").check()
    assert criterion.is_visible()
    desk.locator("#id_serious_1").check()
    assert criterion.is_hidden()


def test_a_reason_in_the_place_of_a_value_is_chosen_below_it(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "vital_signs", "C1D8")
    for name, value in EXAMPLES["vital_signs"][0].items():
        if name not in ("temperature_c", "who_status"):
            desk.fill(f"#id_{name}", value)
    desk.locator("#id_who_status_1").check()
    desk.locator("#row_id_no_temperature_c summary").click()
    desk.select_option("#id_no_temperature_c", "NOT DONE: TECHNICAL PROBLEM")
    desk.get_by_role("button", name="Complete", exact=True).click()
    desk.get_by_text("Vital signs and performance status: complete.").wait_for()
    assert desk.locator("#row_id_no_temperature_c details").get_attribute("open") is not None
