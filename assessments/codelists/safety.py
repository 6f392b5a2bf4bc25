"""Adverse events and dose-limiting toxicity."""

from django.db.models import TextChoices


class Grade(TextChoices):
    """Grades of the Common Terminology Criteria for Adverse Events."""

    MILD = "1", "1 Mild"
    MODERATE = "2", "2 Moderate"
    SEVERE = "3", "3 Severe"
    LIFE_THREATENING = "4", "4 Life-threatening"
    DEATH = "5", "5 Death"


class ActionTaken(TextChoices):
    NOT_CHANGED = "DOSE NOT CHANGED", "Dose not changed"
    REDUCED = "DOSE REDUCED", "Dose reduced"
    INTERRUPTED = "DRUG INTERRUPTED", "Drug interrupted or delayed"
    WITHDRAWN = "DRUG WITHDRAWN", "Permanently discontinued"
    NOT_APPLICABLE = "NOT APPLICABLE", "Not applicable"
    UNKNOWN = "UNKNOWN", "Unknown"


class EventOutcome(TextChoices):
    RECOVERED = "RECOVERED/RESOLVED", "Recovered/resolved"
    SEQUELAE = "RECOVERED/RESOLVED WITH SEQUELAE", "Recovered/resolved with sequelae"
    RECOVERING = "RECOVERING/RESOLVING", "Recovering/resolving"
    NOT_RECOVERED = "NOT RECOVERED/NOT RESOLVED", "Not recovered/not resolved"
    FATAL = "FATAL", "Fatal"
    UNKNOWN = "UNKNOWN", "Unknown"


class DltCriterion(TextChoices):
    """The criteria of the protocol file's rule for dose-limiting toxicity."""

    NEUTROPENIA = "neutropenia_4", "Grade 4 neutropenia for more than 7 days"
    FEBRILE_NEUTROPENIA = "febrile_neutropenia", "Febrile neutropenia of grade 3 or more"
    THROMBOCYTOPENIA = "thrombocytopenia_4", "Grade 4 thrombocytopenia"
    OTHER_TOXICITY = (
        "non_haematological_3",
        "Non-haematological toxicity of grade 3 or more despite best supportive care",
    )
    DOSE_NOT_RECEIVED = "dose_not_received", "Planned dose not received because of toxicity"
