"""How queries look in the API."""

from typing import Any

from rest_framework import serializers

from accounts.filters import BIGGEST_KEY
from assessments.catalogue import CATALOGUE
from assessments.checks import name_of
from cohorts.serializers import SITE
from review.models import CheckRun, KeptFilter, Query, QueryStep
from review.queries.ageing import Ageing
from review.queries.at_once import MOST
from review.queries.file import MOST_LINES
from review.queries.steps import ALL_STEPS


class QueryStepOut(serializers.ModelSerializer):
    class Meta:
        model = QueryStep
        fields = ("at", "actor_name", "role", "state", "is_assignment", "is_comment", "text")


class QueryOut(serializers.ModelSerializer):
    """A query to the site: at a form, one of its items, or a subject as a whole (`form` null)."""

    subject_label = serializers.CharField(source="subject.label", read_only=True)
    site = serializers.CharField(**SITE)
    form = serializers.IntegerField(source="case_form_id", allow_null=True)
    form_code = serializers.ChoiceField(list(CATALOGUE), source="case_form.code", allow_null=True, default=None)
    item_label = serializers.CharField(read_only=True)
    visit = serializers.CharField(source="case_form.visit.code", allow_null=True, default=None)
    assignee = serializers.CharField(read_only=True, help_text='A user name, "role:monitor", or "" for nobody.')
    days_open = serializers.IntegerField(read_only=True)
    days_quiet = serializers.IntegerField(read_only=True, help_text="Days since the last step.")
    check_id = serializers.SerializerMethodField(help_text="As /checks/ has it; empty where a person raised it.")

    def get_check_id(self, query: Query) -> str:
        return name_of(query.check_id)

    class Meta:
        model = Query
        fields = (
            "id",
            "subject",
            "subject_label",
            "site",
            "visit",
            "form",
            "form_code",
            "item",
            "item_label",
            "origin",
            "check_id",
            "state",
            "reopened",
            "assignee",
            "text",
            "opened_at",
            "changed_at",
            "days_open",
            "days_quiet",
        )


class PointOut(serializers.Serializer):
    """The data point as the record has it now, also where its form does not ask for it or has its row struck out."""

    words = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True, help_text="Why the form does not show it, or that it was struck out.")
    shown = serializers.BooleanField()


class QueryWithSteps(QueryOut):
    point = PointOut()
    steps = QueryStepOut(many=True)

    class Meta(QueryOut.Meta):
        fields = (*QueryOut.Meta.fields, "point", "steps")


TO = {
    "required": False,
    "allow_blank": True,
    "help_text": 'Assigned to: a user name, or a role at the site as "role:monitor".',
}


class NewQuery(serializers.Serializer):
    """Either a form (with or without an item) or a subject as a whole."""

    form = serializers.IntegerField(min_value=1, required=False)
    subject = serializers.IntegerField(min_value=1, required=False)
    item = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text='As errors name it: "weight_kg". A row by its label or number, "rows[T03]-state", or by its place.',
    )
    text = serializers.CharField(max_length=2000)
    to = serializers.CharField(**TO)


class Assignment(serializers.Serializer):
    to = serializers.CharField(**TO)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ManySteps(serializers.Serializer):
    """One step at many queries. The words are needed but for an assignment."""

    step = serializers.ChoiceField(list(ALL_STEPS))
    queries = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_KEY), min_length=1, max_length=MOST
    )
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    to = serializers.CharField(default="", **TO)
    preview = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["text"] and attrs["step"] != "assign" and not attrs["preview"]:
            raise serializers.ValidationError({"text": ["Say it in words."]})
        return attrs


class LeftOut(serializers.Serializer):
    query = serializers.IntegerField()
    why = serializers.CharField()


class ManyDone(serializers.Serializer):
    done = serializers.ListField(child=serializers.IntegerField())
    left_out = LeftOut(many=True)


class ManyQuestions(serializers.Serializer):
    """Lines as those of a file: objects with `subject` (its number) and `text`; where known `visit`, `form`, `form_id`,
    `item`, `to`."""

    lines = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_LINES)
    preview = serializers.BooleanField(default=False)


class ManyRaised(serializers.Serializer):
    questions = serializers.IntegerField(help_text="How many there are.")
    raised = serializers.IntegerField(help_text="How many were raised: all or, as a preview, none.")


class AgeingOut(serializers.Serializer):
    """`by_age`: not closed yet, by whole days since the opening. Medians are days, null without any."""

    site = serializers.CharField(source="site.code", allow_null=True, default=None)
    by_age = serializers.SerializerMethodField()
    by_state = serializers.DictField(child=serializers.IntegerField())
    days_to_answer = serializers.FloatField(allow_null=True)
    days_to_close = serializers.FloatField(allow_null=True)

    def get_by_age(self, line: Ageing) -> dict[str, int]:
        return {bucket.key: number for bucket, number in line.ages}


class KeptFilterOut(serializers.ModelSerializer):
    class Meta:
        model = KeptFilter
        fields = ("name", "address")


class FilterName(serializers.Serializer):
    name = serializers.CharField(max_length=60)


class CheckOut(serializers.Serializer):
    """An edit check. `forms` empty: every form; `compared` are the forms that it is held against."""

    id = serializers.CharField(source="check.name")
    sentence = serializers.CharField(source="check.sentence")
    forms = serializers.ListField(child=serializers.CharField(), source="form_codes")
    compared = serializers.ListField(child=serializers.CharField(), source="compared_codes")
    items = serializers.ListField(child=serializers.CharField(), source="item_codes")
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
