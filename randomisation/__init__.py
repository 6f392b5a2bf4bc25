"""Which group a subject is given by a list; its stratum is read in assessments/strata.py."""
