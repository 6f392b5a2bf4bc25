"""In which section of its page an item stands, on the forms whose items the protocol file chooses."""

from protocol import current

# Where the file says which items there are, in which order: by the model's columns the section of each.
PERSON, DISEASE, ORGANS, DATES = "Person", "Disease", "Marrow, liver, kidney", "Dates"
EARLIER, FURTHER, MARKERS = "Earlier therapy", "Further criteria", "Markers"
OF_ELIGIBILITY = {
    **dict.fromkeys(("sex", "age_at_consent", "who_status"), PERSON),
    **dict.fromkeys(("neutrophils", "platelets", "haemoglobin"), ORGANS),
    **dict.fromkeys(("bilirubin", "bilirubin_uln", "ast", "ast_uln", "alt", "alt_uln", "liver_metastases"), ORGANS),
    **dict.fromkeys(("creatinine", "creatinine_uln"), ORGANS),
    **dict.fromkeys(("consent_date", "planned_first_dose_date"), DATES),
}
OF_THE_EVENT = (
    *("term", "dictionary_term", "term_code", "dictionary", "grade", "start_date", "ongoing", "end_date", "outcome"),
)
RECEPTORS = ("her2_ihc", "her2_fish", "oestrogen_receptor", "progesterone_receptor")


def of_eligibility(name: str) -> str:
    planned = next((item for item in current().eligibility_items if item.held_by == name), None)
    if planned is not None and planned.section:
        return planned.section
    if name.startswith(("answer_", "number_", "date_")):
        return FURTHER
    return OF_ELIGIBILITY.get(name, EARLIER if name.startswith(("prior_", "last_")) else DISEASE)


def of_history(name: str) -> str:
    if name in RECEPTORS:
        return "Receptors"
    return MARKERS if name.startswith("choice_") else DISEASE


def of_an_end(name: str) -> str:
    if name.startswith("last_"):
        return "Last doses"
    return "End" if name in ("end_date", "reason") else "Afterwards"


def of_an_event(name: str) -> str:
    if name.startswith("related_"):
        return "Relation to the study drugs"
    if name.startswith("action_") or name == "treatment_given":
        return "Action taken"
    return "Event" if name in OF_THE_EVENT else "Dose limit and seriousness"
