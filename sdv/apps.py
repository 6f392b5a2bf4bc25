from django.apps import AppConfig


class SdvConfig(AppConfig):
    name = "sdv"
    append_only_tables = {"sdv_visitreport": ("SELECT", "INSERT")}
