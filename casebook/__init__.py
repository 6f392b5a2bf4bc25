"""A subject as a whole, and what is begun from it: subject list, matrix, casebook, profile, lesions, enrolment."""
