from django.apps import AppConfig


class EndpointsConfig(AppConfig):
    name = "endpoints"

    def ready(self) -> None:
        from endpoints.dates_behind import tell_the_trail

        tell_the_trail()
