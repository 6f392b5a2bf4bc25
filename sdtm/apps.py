"""Reads SDTM data into the record through the services."""

from django.apps import AppConfig


class SdtmConfig(AppConfig):
    name = "sdtm"
