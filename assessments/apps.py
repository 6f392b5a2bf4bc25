from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from assessments.catalogue import CATALOGUE
        from audit.kinds import FORMS

        FORMS[:] = [(form.code, form.title) for form in CATALOGUE.values()]
