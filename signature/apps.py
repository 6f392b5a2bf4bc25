from django.apps import AppConfig


class SignatureConfig(AppConfig):
    name = "signature"
