"""The rules: RECIST, best response, times to event, estimates of populations."""
