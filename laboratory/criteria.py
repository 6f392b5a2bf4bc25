"""The criteria for laboratory values of CTCAE versions 3.0 and 5.0, by code of the analyte.

Sources: Common Terminology Criteria for Adverse Events v3.0, Cancer Therapy Evaluation Program, 9 August 2006; v5.0,
National Cancer Institute, 27 November 2017. Terms are written as the criteria write them.
"""

from fractions import Fraction

from laboratory.scales import (
    Cut,
    Scale,
    amounts,
    count,
    from_limit,
    multiples,
    times_upper,
    times_upper_or_baseline,
)

SAME: dict[str, tuple[Scale, ...]] = {
    "K": (
        from_limit("Hypokalemia", "low", {"mmol/L": "3.0 2.5"}, (3, 4)),
        from_limit("Hyperkalemia", "high", {"mmol/L": "5.5 6.0 7.0"}),
    ),
    "MG": (
        from_limit("Hypomagnesemia", "low", {"mmol/L": "0.5 0.4 0.3", "mg/dL": "1.2 0.9 0.7"}),
        from_limit("Hypermagnesemia", "high", {"mmol/L": "1.23 3.30", "mg/dL": "3.0 8.0"}, (3, 4)),
    ),
    "ALB": (from_limit("Hypoalbuminemia", "low", {"g/L": "30 20", "g/dL": "3 2"}, (2, 3)),),
}
HYPERNATREMIA = from_limit("Hypernatremia", "high", {"mmol/L": "150 155 160"})
HYPOGLYCEMIA = from_limit("Hypoglycemia", "low", {"mmol/L": "3.0 2.2 1.7", "mg/dL": "55 40 30"})
LOW_CALCIUM = {"mmol/L": "2.0 1.75 1.5", "mg/dL": "8.0 7.0 6.0"}
HIGH_CALCIUM = {"mmol/L": "2.9 3.1 3.4", "mg/dL": "11.5 12.5 13.5"}
CHOLESTEROL = {"mmol/L": "7.75 10.34 12.92", "mg/dL": "300 400 500"}

V3: dict[str, tuple[Scale, ...]] = SAME | {
    "HGB": (from_limit("Hemoglobin", "low", {"g/L": "100 80 65", "g/dL": "10.0 8.0 6.5", "mmol/L": "6.2 4.9 4.0"}),),
    "WBC": (count("Leukocytes", "3.0 2.0 1.0"),),
    "NEUT": (count("Neutrophils", "1.5 1.0 0.5"),),
    "LYM": (count("Lymphopenia", "0.8 0.5 0.2"),),
    "PLAT": (count("Platelets", "75 50 25"),),
    "SODIUM": (from_limit("Hyponatremia", "low", {"mmol/L": "130 120"}, (3, 4)), HYPERNATREMIA),
    "CA": (
        from_limit("Hypocalcemia", "low", LOW_CALCIUM, corrected=True),
        from_limit("Hypercalcemia", "high", HIGH_CALCIUM),
    ),
    "PHOS": (from_limit("Hypophosphatemia", "low", {"mmol/L": "0.8 0.6 0.3", "mg/dL": "2.5 2.0 1.0"}),),
    "CREAT": (times_upper("Creatinine", "1 1.5 3 6"),),
    "BILI": (times_upper("Bilirubin", "1 1.5 3 10"),),
    "AST": (times_upper("AST", "1 2.5 5 20"),),
    "ALT": (times_upper("ALT", "1 2.5 5 20"),),
    "ALP": (times_upper("Alkaline phosphatase", "1 2.5 5 20"),),
    "GGT": (times_upper("GGT", "1 2.5 5 20"),),
    "GLUC": (
        HYPOGLYCEMIA,
        from_limit("Hyperglycemia", "high", {"mmol/L": "8.9 13.9 27.8", "mg/dL": "160 250 500"}, fasting_below=3),
    ),
    "CHOL": (from_limit("Cholesterol", "high", CHOLESTEROL),),
    "TRIG": (times_upper("Hypertriglyceridemia", "1 2.5 5 10"),),
    "INR": (times_upper("INR", "1 1.5 2"),),
}

# Over the upper limit, or over the baseline where that was higher; in g/L.
HIGHER_HEMOGLOBIN = Scale("Hemoglobin increased", "high", multiples("over", "0 20 40"))
V5: dict[str, tuple[Scale, ...]] = SAME | {
    "HGB": (
        from_limit("Anemia", "low", {"g/L": "100 80", "g/dL": "10.0 8.0", "mmol/L": "6.2 4.9"}, (2, 3)),
        HIGHER_HEMOGLOBIN,
    ),
    "WBC": (
        count("White blood cell decreased", "3.0 2.0 1.0"),
        Scale("Leukocytosis", "high", (Cut(3, "amount", {"10^9/L": Fraction(100)}),)),
    ),
    "NEUT": (count("Neutrophil count decreased", "1.5 1.0 0.5"),),
    "LYM": (
        count("Lymphocyte count decreased", "0.8 0.5 0.2"),
        Scale(
            "Lymphocyte count increased",
            "high",
            (Cut(2, "amount", {"10^9/L": Fraction(4)}), Cut(3, "amount", {"10^9/L": Fraction(20)})),
        ),
    ),
    "PLAT": (count("Platelet count decreased", "75 50 25"),),
    # 125 to 129 without symptoms is grade 2; a value between 129 and 130 is taken with it.
    "SODIUM": (from_limit("Hyponatremia", "low", {"mmol/L": "130 125 120"}), HYPERNATREMIA),
    "CA": (
        from_limit("Hypocalcemia", "low", LOW_CALCIUM, corrected=True),
        from_limit("Hypercalcemia", "high", HIGH_CALCIUM, corrected=True),
    ),
    "PHOS": (Scale("Hypophosphatemia", "low", by_treatment=True),),
    "CREAT": (
        Scale("Creatinine increased", "high", multiples("limit", "1 1.5 3 6") + multiples("baseline", "1.5 3", 2)),
    ),
    "BILI": (times_upper_or_baseline("Blood bilirubin increased", "1 1.5 3 10", "1 1.5 3 10", first_inclusive=False),),
    "AST": (times_upper_or_baseline("Aspartate aminotransferase increased", "1 3 5 20", "1.5 3 5 20"),),
    "ALT": (times_upper_or_baseline("Alanine aminotransferase increased", "1 3 5 20", "1.5 3 5 20"),),
    "ALP": (times_upper_or_baseline("Alkaline phosphatase increased", "1 2.5 5 20", "2 2.5 5 20"),),
    "GGT": (times_upper_or_baseline("GGT increased", "1 2.5 5 20", "2 2.5 5 20"),),
    "GLUC": (HYPOGLYCEMIA, Scale("Hyperglycemia", "high", by_treatment=True)),
    "CHOL": (from_limit("Cholesterol high", "high", CHOLESTEROL),),
    "TRIG": (
        Scale(
            "Hypertriglyceridemia",
            "high",
            tuple(
                Cut(of, "amount", by_unit, inclusive=of == 1)
                for of, by_unit in enumerate(
                    amounts({"mmol/L": "1.71 3.42 5.7 11.4", "mg/dL": "150 300 500 1000"}), start=1
                )
            ),
        ),
    ),
    "LDH": (times_upper("Blood lactate dehydrogenase increased", "1"),),
    "INR": (
        Scale(
            "INR increased",
            "high",
            tuple(
                Cut(of, "amount", {"RATIO": Fraction(number)}) for of, number in ((1, "1.2"), (2, "1.5"), (3, "2.5"))
            ),
        ),
    ),
}
SCALES = {"3.0": V3, "5.0": V5}
