"""How the trail and the log of access look in the API."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audit.access_log import AccessKind
from audit.models import AccessEvent, Event, Seal, Whole, WholeVerified
from audit.wording import changes


class ChangeOut(serializers.Serializer):
    """One item, old and new, in the words of the screen."""

    item = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class EventOut(serializers.ModelSerializer):
    """One changed row. `old` and `new` hold the columns that changed, the whole row where it was created or deleted."""

    changes = serializers.SerializerMethodField()
    forms = serializers.SerializerMethodField(help_text="How many forms a freeze, a lock or an opening marked.")
    old = serializers.DictField(allow_null=True)
    new = serializers.DictField(allow_null=True)

    class Meta:
        model = Event
        fields = (
            "id",
            "at",
            "transaction",
            "actor_id",
            "actor_name",
            "role",
            "reason",
            "channel",
            "action",
            "table_name",
            "row_id",
            "site_id",
            "subject_id",
            "case_form_id",
            "old",
            "new",
            "changes",
            "forms",
        )

    @extend_schema_field(ChangeOut(many=True))
    def get_changes(self, event: Event) -> list[dict[str, str | None]]:
        return [change._asdict() for change in changes(event)]

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_forms(self, event: Event) -> int | None:
        return self.context.get("forms", {}).get(event.pk)  # type: ignore[no-any-return]


class AccessEventOut(serializers.ModelSerializer):
    kind = serializers.ChoiceField(AccessKind.choices)

    class Meta:
        model = AccessEvent
        fields = (
            "id",
            "at",
            "actor_id",
            "actor_name",
            "kind",
            "path",
            "detail",
            "address",
            "file_name",
            "sha256",
            "size",
        )


class SealOut(serializers.ModelSerializer):
    """One block: `hash` is over its rows' digests and `previous`, the hash of the block before, both in hexadecimal."""

    hash = serializers.SerializerMethodField()
    previous = serializers.SerializerMethodField()

    class Meta:
        model = Seal
        fields = ("number", "table_name", "made_at", "rows", "settled", "reach", "previous", "hash", "key_id")

    def get_hash(self, block: Seal) -> str:
        return bytes(block.hash).hex()

    def get_previous(self, block: Seal) -> str:
        return bytes(block.previous).hex()


class WholeIn(serializers.Serializer):
    of = serializers.ChoiceField(Whole.choices)


class WholeVerifiedOut(serializers.ModelSerializer):
    """One verification; `faults` are the first sentences of `fault_count`."""

    of = serializers.ChoiceField(Whole.choices)
    faults = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = WholeVerified
        fields = (
            "id",
            "of",
            "asked_at",
            "asked_by",
            "begun_at",
            "ended_at",
            "entries",
            "says",
            "fault_count",
            "faults",
        )
