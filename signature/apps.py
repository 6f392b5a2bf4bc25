from django.apps import AppConfig


class SignatureConfig(AppConfig):
    name = "signature"
    # What the application's database role may do with it: what was signed stays as it was signed.
    append_only_tables = {"signature_signature": ("SELECT", "INSERT")}
