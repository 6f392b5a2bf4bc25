from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, last_login, scope  # noqa: F401

        last_login.take_over()
        scope.listen()
