from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import last_login, system_checks  # noqa: F401

        last_login.take_over()
