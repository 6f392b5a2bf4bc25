import pytest

from protocol import ProtocolError, load

SCHEDULE = 'kind = "cycle"\ncode = "D8"\nlabel = "Day 8"\nday = 8'

WRONG_VALUES = [
    # a value of the wrong kind, or none
    ('title = "Everolimus', 'titel = "Everolimus', "title: missing"),
    ('title = "Everolimus', 'titel = "Everolimus', "titel: unknown key"),
    ("cycle_days = 28", "cycle_days = 0", "regimen.cycle_days: Input should be greater than or equal to 1, not 0"),
    ("date = 2026-11-22", 'date = "soon"', "date: Input should be a valid date"),
    ("planned = 6", 'planned = "six"', "cohorts.P1-5D.planned: Input should be a valid integer"),
    ("planned = 6", "planed = 6", "cohorts.P1-5D.planed: unknown key"),
    ('code = "P1-5D"', 'code = "P1 5D"', "cohorts.P1 5D.code: String should match pattern"),
    ('question = "Efficacy', 'label2 = "Efficacy', "phases.II.question: missing"),
    ('schedule = "daily"\nplanned = 6', "planned = 6", "cohorts.P1-5D: everolimus_mg and schedule are stated together"),
    (
        "min_dose_percent = 75",
        "min_dose_percent = 101",
        "dlt.min_dose_percent: Input should be less than or equal to 100",
    ),
    (
        '"adverse_event",\n  "dlt_evaluation",\n  "end',
        '"exposure",\n  "end',
        "sdv.critical_forms: unknown form of this",
    ),
    (
        '"dlt_evaluation",\n  "end_of_treatment",',
        '"tumour",\n  "end_of_treatment",',
        "sdv.critical_forms: a form is named more than once: tumour",
    ),
    ("sample_percent = 20", "sample_percent = -1", "sdv.sample_percent: Input should be greater than or equal to 0"),
    (
        "months_after_last_first_dose = 6\n",
        "",
        "data_cuts.extension: state either date or months_after_last_first_dose",
    ),
    ("months_after_last_first_dose = 6", "months_after_last_first_dose = 6\ndate = 2009-01-01", "state either date or"),
    (
        '"1.0"\nresponse_source',
        '"2.0"\nresponse_source',
        "analysis.recist_version: Input should be '1.0' or '1.1', not '2.0'",
    ),
    ("[3, 6, 12, 18, 24, 36]", "[6, 3]", "analysis.landmarks_months: months must be positive and rise"),
    ("sd_min_days = 42\n", "", "analysis.sd_min_days: missing; every setting of the analysis plan must be stated"),
    ("sd_min_days = 42", "sd_min_days = 42\ncolour = 1", "analysis.colour: "),
    ('code = "NCT00426556"', 'code = "NCT00426556"\nsha256 = "0"', "sha256: is computed from the file"),
    # visits and forms
    ('"death",\n]\n\n[[phases]]', '"diary"]\n\n[[phases]]', "log_forms.6: Input should be 'consent', 'demography'"),
    ('forms = ["tumour"]', 'forms = ["scan"]', "visits.TA.forms.0: Input should be 'consent', 'demography'"),
    ('kind = "tumour"', 'kind = "tumor"', "visits.TA: Input tag 'tumor' found using 'kind' does not match"),
    ("first = 4, every = 3", "first = 0, every = 3", "visits.D1.at_cycles.0.first: Input should be greater than"),
    (
        'forms = ["lvef"], first',
        'forms = ["infusion"], first',
        "visits.D1: a form is asked for more than once: infusion",
    ),
    (
        'kind = "dlt"',
        'kind = "dose_limiting"',
        "visits.DLT: Input tag 'dose_limiting' found using 'kind' does not match",
    ),
    ("every_days = 56", "every_week = 8", "visits.TA.every_days: missing"),
    ("every_days = 56", "every_days = 56\nevery_week = 8", "visits.TA.every_week: unknown key"),
    # the regimen
    ("dose = 80\ndays", "dose = 90\ndays", "regimen.drugs.paclitaxel: the first step is 80 but the dose is 90"),
    ("dose = 80\ndays", "days", "regimen.drugs.paclitaxel.dose: missing, and the cohort P1-5D states none of its own"),
    ("{ dose = 70, ", "{ dose = 60, ", "regimen.drugs.paclitaxel: the step 60 mg/m² must give less than 70 mg/m²"),
    ('body_surface = "mosteller"', 'body_surface = "haycock"', "regimen.body_surface: Input should be 'mosteller' or"),
    # eligibility
    (
        'unit = "years"',
        'choices = ["young"]',
        "eligibility_items.age_at_consent: choices are stated for an item of kind",
    ),
    ('choices = ["female", "male"]\n', "", "eligibility_items.sex: choices are stated for an item of kind choice"),
    ('code = "age_at_consent"', 'code = "Age"', "eligibility_items.Age.code: String should match pattern"),
    (
        'operator = ">=", number = 18',
        'operator = "=>", number = 18',
        "eligibility.I02.rule.operator: Input should be '<'",
    ),
    ('operator = ">=", number = 18', 'operator = ">="', "eligibility.I02.rule.number: missing"),
    (
        'rule = { type = "limit", item = "age',
        'rule = { type = "range", item = "age',
        "eligibility.I02.rule: Input tag 'range'",
    ),
    (
        '{ type = "choice", item = "her2_fish"',
        '{ type = "choice", itm = "her2_fish"',
        "eligibility.I04.rule.of.1.item: missing",
    ),
]

DISAGREEMENTS = [
    ('[[phases]]\ncode = "II"', '[[phases]]\ncode = "I"', "phases.I: the code I is used 2 times"),
    ('code = "P1-10D"', 'code = "P1-5D"', "cohorts.P1-5D: the code P1-5D is used 2 times"),
    ('code = "P1"\n', 'code = "P2"\n', "populations.P2: the code P2 is used 2 times"),
    ('code = "all_treated"', 'code = "measurable"', "analysis_sets.measurable: the code measurable is used 2 times"),
    ('code = "trastuzumab"', 'code = "paclitaxel"', "regimen.drugs.paclitaxel: the code paclitaxel is used 2 times"),
    ('code = "administrative"', 'code = "other"', "regimen.change_reasons.other: the code other is used 2 times"),
    ('code = "D8"', 'code = "D1"', "visits.D1: the code D1 is used 2 times"),
    ('code = "alt_uln"', 'code = "ast_uln"', "eligibility_items.ast_uln: the code ast_uln is used 2 times"),
    ('code = "E02"', 'code = "E01"', "eligibility.E01: the code E01 is used 2 times"),
    (
        'code = "febrile_neutropenia"',
        'code = "neutropenia_4"',
        "dlt.criteria.neutropenia_4: the code neutropenia_4 is used 2 times",
    ),
    ('code = "three_years"', 'code = "extension"', "data_cuts.extension: the code extension is used 2 times"),
    ('phase = "II"', 'phase = "III"', "cohorts.P2-10D.phase: unknown phase III; known: I, II"),
    ("dose_level = 2", "dose_level = 1", "cohorts.P1-10D.dose_level: another cohort of phase I has level 1 too"),
    (
        '["P1-5D", "P1-10D", "P1-30W"]',
        '["P1-5D", "P1-9D"]',
        "populations.P1.cohorts: unknown cohort P1-9D; known: P1-5D,",
    ),
    ("headline = true\n", "", "populations: exactly one is the headline, not 0"),
    ('label = "Phase I, all', 'headline = true\nlabel = "Phase I, all', "exactly one is the headline, not 2: P2, P1"),
    ('cohorts = ["P2-10D"]', 'cohorts = ["P1-5D"]', "cohorts.P2-10D: no population counts this cohort"),
    ('headline_for = ["response"]\n', "", "analysis_sets: exactly one is the headline for response, not 0"),
    ('["survival"]', '["survival", "response"]', "one is the headline for response, not 2: measurable, all_treated"),
    (
        "days = [1, 8, 15]",
        "days = [0, 8, 29]",
        "regimen.drugs.paclitaxel.days: not within days 1 to 28 of the cycle: 0, 29",
    ),
    ("day = 22", "day = 29", "visits.D22.day: day 29 is not within the cycle of 28 days"),
    ("day = 1\n", "day = 2\n", "visits: no visit on day 1 of the cycle, from which the others are counted"),
    (f"{SCHEDULE}\nearly_days = 2", f"{SCHEDULE}\nearly_days = 5", "visits.D8: the window overlaps that of D1"),
    (
        "day = 22\nearly_days = 2\nlate_days = 2",
        "day = 22\nearly_days = 2\nlate_days = 5",
        "visits.D1: the window overlaps that of D22",
    ),
    (
        "early_days = 7\nlate_days = 7",
        "early_days = 28\nlate_days = 28",
        "visits.TA: the window overlaps the next one's",
    ),
    (
        "early_days = 14\nlate_days = 14",
        "early_days = 42\nlate_days = 42",
        "visits.FU: the window overlaps the next one's",
    ),
    (
        'kind = "end_of_treatment"\ncode',
        'kind = "screening"\ndays_before = 1\ncode',
        "visits.EOT.late_days: unknown key",
    ),
    ('phases = ["I", "II"]', 'phases = ["I", "IV"]', "eligibility.I01.phases: unknown phase IV; known: I, II"),
    (
        'form = "pregnancy_test"',
        'form = "adverse_event"',
        "not_applicable.form: unknown form of a visit adverse_event;",
    ),
    (
        'item = "sex"\nvalues',
        'item = "age"\nvalues',
        "not_applicable.0.item: Input should be 'sex' or 'menopausal_status'",
    ),
    (
        '"choice", item = "sex"',
        '"choice", item = "gender"',
        "eligibility.I01.rule: unknown item gender; known: sex, age_at_consent,",
    ),
    (
        '"choice", item = "sex"',
        '"choice", item = "ast"',
        "eligibility.I01.rule: item ast is of kind number, the rule needs choice",
    ),
    ('allowed = ["3+"]', 'allowed = ["4+"]', "eligibility.I04.rule: unknown choice 4+; known: 0, 1+, 2+, 3+, not done"),
    (
        'drug = "everolimus"',
        'drug = "aspirin"',
        "dlt.drug: unknown drug aspirin; known: paclitaxel, trastuzumab, everolimus",
    ),
    ('"ctcae_version" =', '"ctcae" =', "assumptions.ctcae: names no value of this file (no ctcae)"),
    ('"analysis.partial_day" =', '"analysis.partial" =', "assumptions.analysis.partial: names no value of this file"),
]


@pytest.mark.parametrize(("old", "new", "problem"), WRONG_VALUES + DISAGREEMENTS)
def test_what_is_wrong_is_named_by_file_and_key(changed, old, new, problem):
    path = changed((old, new))
    with pytest.raises(ProtocolError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path} cannot be used as a protocol:\n  ")
    assert problem in str(refused.value)


def test_every_problem_is_told_at_once(changed):
    path = changed(
        ('phase = "II"', 'phase = "III"'),
        ("day = 22", "day = 29"),
        ('"choice", item = "sex"', '"choice", item = "gender"'),
    )
    with pytest.raises(ProtocolError) as refused:
        load(path)
    assert len([line for line in refused.value.problems if "unknown" in line or "not within" in line]) == 3


def test_two_visits_of_a_kind_that_is_planned_once_are_refused(changed):
    second = (
        'kind = "screening"\ncode = "SCR2"\nlabel = "Again"\ndays_before = 7\nforms = []\n\n[[visits]]\nkind = "tumour"'
    )
    with pytest.raises(ProtocolError, match="visits: 2 of kind screening, only one can be planned"):
        load(changed(('kind = "tumour"', second)))


def test_a_cohort_evaluated_for_toxicity_needs_the_rule(changed, trial):
    path = changed()
    text = path.read_text()
    rule = text[text.index("[dlt]") : text.index("[sdv]")]
    path.write_text(text.replace(rule, "").replace('"dlt" =', '"title" ='))
    with pytest.raises(ProtocolError, match="dlt: missing, but cohorts are evaluated for it: P1-5D, P1-10D, P1-30W"):
        load(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{SCHEDULE}\nearly_days = 2", f"{SCHEDULE}\nearly_days = 4"),
        ("day = 22\nearly_days = 2\nlate_days = 2", "day = 22\nearly_days = 2\nlate_days = 4"),
        ("early_days = 7\nlate_days = 7", "early_days = 28\nlate_days = 27"),
        ("early_days = 14\nlate_days = 14", "early_days = 42\nlate_days = 41"),
    ],
)
def test_windows_may_touch_but_not_overlap(changed, old, new):
    assert load(changed((old, new))).code == "NCT00426556"


def test_a_missing_analysis_plan_is_named(tmp_path):
    path = tmp_path / "empty.toml"
    path.write_text("")
    with pytest.raises(ProtocolError) as refused:
        load(path)
    assert {"analysis: missing", "cohorts: missing", "sdv: missing"} <= set(refused.value.problems)


def test_an_analysis_plan_that_is_no_table_is_named(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text("analysis = 3\ncohorts = [1]\nvisits = 2")
    with pytest.raises(ProtocolError) as refused:
        load(path)
    assert any(line.startswith("analysis: ") for line in refused.value.problems)
    assert any(line.startswith("cohorts.0: ") for line in refused.value.problems)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProtocolError, match=r"nowhere\.toml cannot be used .*\n  cannot be read: No such file"):
        load(tmp_path / "nowhere.toml")


def test_a_syntax_error_is_named_with_its_line(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text('code = "A"\ntitle = \n')
    with pytest.raises(ProtocolError, match=r"is not TOML: .*line 2"):
        load(path)


def test_text_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "Köln"'.encode("latin-1"))
    with pytest.raises(ProtocolError, match="is not UTF-8 text: byte 10"):
        load(path)
