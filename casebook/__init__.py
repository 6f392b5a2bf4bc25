"""A subject as a whole: subject list, matrix, casebook, profile, course of lesions, enrolment."""
