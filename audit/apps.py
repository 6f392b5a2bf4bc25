from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    # What the application's database role may do with each append-only table; everything else is the owner's alone.
    append_only_tables = {
        "audit_event": ("SELECT",),
        "audit_accessevent": ("SELECT", "INSERT"),
        "audit_seal": ("SELECT", "INSERT"),
    }

    def ready(self) -> None:
        from audit import access_log

        access_log.listen()
