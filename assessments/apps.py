from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from assessments.catalogue import form_choices, unused_tables
        from assessments.items import planned_field
        from audit.kinds import FORMS
        from audit.wording import PLANNED, UNUSED

        FORMS[:] = [form_choices]
        PLANNED[:] = [planned_field]
        UNUSED.append(unused_tables)
