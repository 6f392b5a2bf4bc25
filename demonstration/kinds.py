"""The adverse events that subjects of the synthetic trial can have: words, grades, causes, remedies."""

from dataclasses import dataclass

EVEROLIMUS, TRASTUZUMAB, PACLITAXEL = "everolimus", "trastuzumab", "paclitaxel"
DRUGS = (EVEROLIMUS, TRASTUZUMAB, PACLITAXEL)


@dataclass(frozen=True)
class InventedKind:
    """`written` is how sites put it, `term` the dictionary's. `chance` is that of having it without any change of a
    dose, with `grades` the weights of grades 1 to 3; `days` how long it lasts, 0 for the rest of treatment. `hospital`
    is the chance that grade 3 leads there. `analyte` is what the laboratory sees of it."""

    term: str
    written: tuple[str, ...]
    related: tuple[str, ...] = ()
    chance: float = 0
    grades: tuple[int, int, int] = (70, 28, 2)
    days: int = 12
    remedy: str = ""
    hospital: float = 0
    analyte: str = ""


BOTH = (EVEROLIMUS, PACLITAXEL)
KINDS = {
    "stomatitis": InventedKind(
        "Mucositis/stomatitis (clinical exam)",
        ("Mouth ulcers", "Stomatitis", "Sore mouth"),
        (EVEROLIMUS,),
        0.42,
        (62, 36, 2),
        remedy="mouthwash",
    ),
    "rash": InventedKind(
        "Rash: acne/acneiform",
        ("Acneiform rash", "Skin rash on the trunk"),
        (EVEROLIMUS,),
        0.24,
        days=24,
        remedy="cream",
    ),
    "fatigue": InventedKind("Fatigue (asthenia, lethargy, malaise)", ("Fatigue", "Tiredness"), DRUGS, 0.36, days=40),
    "diarrhoea": InventedKind(
        "Diarrhea", ("Diarrhoea", "Loose stools"), BOTH, 0.26, days=6, remedy="loperamide", hospital=0.3
    ),
    "nausea": InventedKind("Nausea", ("Nausea",), BOTH, 0.22, (80, 19, 1), days=5, remedy="metoclopramide"),
    "alopecia": InventedKind(
        "Hair loss/alopecia (scalp or body)", ("Hair loss", "Alopecia"), (PACLITAXEL,), 0.5, (45, 55, 0), 0
    ),
    "neuropathy": InventedKind(
        "Neuropathy: sensory",
        ("Tingling in hands and feet", "Peripheral sensory neuropathy"),
        (PACLITAXEL,),
        0.24,
        days=0,
    ),
    "nails": InventedKind("Nail changes", ("Brittle nails", "Nail changes"), (PACLITAXEL,), 0.13, (75, 25, 0), 0),
    "nosebleed": InventedKind(
        "Hemorrhage, pulmonary/upper respiratory", ("Nosebleeds", "Epistaxis"), BOTH, 0.15, (95, 5, 0), days=9
    ),
    "oedema": InventedKind("Edema: limb", ("Swollen ankles", "Oedema of the legs"), BOTH, 0.11, (75, 24, 1), days=50),
    "appetite": InventedKind("Anorexia", ("Loss of appetite",), (EVEROLIMUS,), 0.15, (75, 23, 2), days=30),
    "cough": InventedKind("Cough", ("Dry cough",), (), 0.14, (85, 15, 0), days=21),
    "back pain": InventedKind("Pain: back", ("Back pain",), (), 0.12, (65, 33, 2), days=30, remedy="paracetamol"),
    "infection": InventedKind(
        "Infection with unknown ANC",
        ("Urinary tract infection", "Bronchitis", "Infection of the port"),
        (PACLITAXEL,),
        0.12,
        (0, 92, 8),
        days=10,
        remedy="antibiotic",
        hospital=0.5,
    ),
    "pneumonitis": InventedKind(
        "Pneumonitis/pulmonary infiltrates",
        ("Pneumonitis", "Non-infectious pneumonitis"),
        (EVEROLIMUS,),
        0.02,
        (60, 30, 10),
        days=35,
        remedy="prednisolone",
        hospital=0.7,
    ),
    "heart": InventedKind(
        "Left ventricular systolic dysfunction", ("LVEF decreased",), (TRASTUZUMAB,), 0.03, (60, 40, 0), days=84
    ),
    # Those below come by what the laboratory finds, or with a dose that was changed for them.
    "neutropenia": InventedKind(
        "Neutrophils/granulocytes (ANC/AGC)", ("Neutropenia", "Low neutrophils"), (PACLITAXEL,), analyte="NEUT"
    ),
    "leucopenia": InventedKind("Leukocytes (total WBC)", ("Leucopenia",), BOTH, analyte="WBC"),
    "thrombocytopenia": InventedKind("Platelets", ("Thrombocytopenia", "Low platelets"), (EVEROLIMUS,), analyte="PLAT"),
    "anaemia": InventedKind("Hemoglobin", ("Anaemia",), BOTH, 0.16, (0, 92, 8), analyte="HGB", remedy="epoetin"),
    "hyperglycaemia": InventedKind(
        "Glucose, serum-high (hyperglycemia)",
        ("High blood sugar", "Hyperglycaemia"),
        (EVEROLIMUS,),
        0.16,
        (0, 70, 30),
        remedy="metformin",
        analyte="GLUC",
    ),
    "cholesterol": InventedKind(
        "Cholesterol, serum-high (hypercholesteremia)",
        ("High cholesterol",),
        (EVEROLIMUS,),
        0.14,
        (0, 92, 8),
        remedy="simvastatin",
        analyte="CHOL",
    ),
    "triglycerides": InventedKind(
        "Triglyceride, serum-high (hypertriglyceridemia)",
        ("High triglycerides",),
        (EVEROLIMUS,),
        0.08,
        (0, 80, 20),
        analyte="TRIG",
    ),
    "transaminases": InventedKind(
        "ALT, SGPT (serum glutamic pyruvic transaminase)",
        ("ALT raised", "Liver enzymes raised"),
        BOTH,
        0.09,
        (0, 75, 25),
        analyte="ALT",
    ),
}
HAEMATOLOGY = ("neutropenia", "leucopenia", "thrombocytopenia", "anaemia")
