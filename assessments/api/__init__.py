"""Case forms and lesions in the API."""
