"""Laboratory samples: their analytes, the laboratory's files, grades and trend."""
