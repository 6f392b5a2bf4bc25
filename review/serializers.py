"""How queries look in the API."""

from rest_framework import serializers

from assessments.catalogue import CATALOGUE
from cohorts.serializers import SITE
from review.models import CheckRun, Query, QueryStep


class QueryStepOut(serializers.ModelSerializer):
    class Meta:
        model = QueryStep
        fields = ("at", "actor_name", "role", "state", "text")


class QueryOut(serializers.ModelSerializer):
    """A question to the site, at a form or one of its items."""

    subject_label = serializers.CharField(source="subject.label", read_only=True)
    site = serializers.CharField(**SITE)
    form = serializers.IntegerField(source="case_form_id", allow_null=True)
    form_code = serializers.ChoiceField(list(CATALOGUE), source="case_form.code", allow_null=True, default=None)
    item_label = serializers.CharField(read_only=True)
    days_open = serializers.IntegerField(read_only=True)

    class Meta:
        model = Query
        fields = (
            "id",
            "subject",
            "subject_label",
            "site",
            "form",
            "form_code",
            "item",
            "item_label",
            "origin",
            "check_id",
            "state",
            "text",
            "opened_at",
            "changed_at",
            "days_open",
        )


class QueryWithSteps(QueryOut):
    steps = QueryStepOut(many=True)

    class Meta(QueryOut.Meta):
        fields = (*QueryOut.Meta.fields, "steps")


class NewQuery(serializers.Serializer):
    form = serializers.IntegerField(min_value=1)
    item = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text='As errors name it: "weight_kg". A row by its label or number, "rows[T03]-state", or by its place.',
    )
    text = serializers.CharField(max_length=2000)


class CheckOut(serializers.Serializer):
    """An edit check. `forms` empty: every form; `compared` are the forms that it is held against."""

    id = serializers.CharField(source="check.id")
    sentence = serializers.CharField(source="check.sentence")
    forms = serializers.ListField(child=serializers.CharField(), source="check.at")
    compared = serializers.ListField(child=serializers.CharField(), source="check.reads")
    items = serializers.ListField(child=serializers.CharField(), source="check.items")
    live = serializers.IntegerField(help_text="Queries of it that are open or answered, at the user's sites.")


class CheckRunOut(serializers.ModelSerializer):
    class Meta:
        model = CheckRun
        fields = (
            "id",
            "asked_at",
            "asked_by",
            "reason",
            "protocol_version",
            "subjects",
            "done",
            "found",
            "finished_at",
        )


class Words(serializers.Serializer):
    text = serializers.CharField(max_length=2000)
