"""How accounts look in the API; `Reason` and `Problem` are what every app's operations take and answer."""

from rest_framework import serializers

from accounts.keeping import SignIn, Training
from accounts.models import Membership, Site, User
from accounts.roles import Permission, Role


class Problem(serializers.Serializer):
    """A refusal.

    400 invalid, 401 nobody, 403 no right, 404 not there or not yours, 409 stale, 413 too large, 415 no JSON, 422 a key
    that was used, 423 locked, 429 often, 503 no database.
    """

    code = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text='Sentences by field; "" is no field.'
    )


class Reason(serializers.Serializer):
    reason = serializers.CharField(max_length=500, help_text="Why. It stands in the trail.")


class Correction(Reason):
    first_name = serializers.CharField(max_length=150, allow_blank=True)
    last_name = serializers.CharField(max_length=150, allow_blank=True)
    email = serializers.EmailField(max_length=254, allow_blank=True)


class FactorReset(Reason):
    identity = serializers.CharField(max_length=300, help_text="How the requester's identity was verified.")


class SiteOut(serializers.ModelSerializer):
    class Meta:
        model = Site
        fields = ("id", "code", "name", "country", "time_zone", "is_active")
        read_only_fields = ("is_active",)
        extra_kwargs = {"time_zone": {"required": True, "help_text": "Its times of day are those of this zone."}}


class MembershipOut(serializers.ModelSerializer):
    """A role at one site; `site` null is all sites."""

    site = serializers.SlugRelatedField(slug_field="code", queryset=Site.objects.all(), allow_null=True, required=False)

    class Meta:
        model = Membership
        fields = ("id", "role", "site", "granted_at", "ended_at")
        read_only_fields = ("granted_at", "ended_at")


class Me(serializers.Serializer):
    """The user of the request, with roles and what each may do: `sites` null is all sites."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    memberships = MembershipOut(many=True)
    rights = serializers.ListField(child=serializers.ChoiceField([right.value for right in Permission]))


class UserOut(serializers.ModelSerializer):
    memberships = MembershipOut(many=True, read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "first_name", "last_name", "email", "is_active", "last_login", "memberships")
        read_only_fields = ("is_active", "last_login")


class PersonIn(serializers.ModelSerializer):
    """Who is added, and where they are known the role, the sites at which it is held, and a training that was held."""

    role = serializers.ChoiceField([role.value for role in Role], required=False)
    sites = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Codes, of a role that is held at sites.",
    )
    course = serializers.CharField(max_length=200, required=False, help_text="The training, with `held_on`.")
    held_on = serializers.DateField(required=False)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "role", "sites", "course", "held_on")


class RoleOut(serializers.Serializer):
    role = serializers.ChoiceField([role.value for role in Role])
    sentence = serializers.CharField()
    all_sites = serializers.BooleanField()
    permissions = serializers.ListField(child=serializers.ChoiceField([right.value for right in Permission]))


class PasswordLink(serializers.Serializer):
    """The link, or where mail is sent and the user has an address, whom it was mailed to."""

    link = serializers.URLField(required=False, help_text="Where the user sets the password, once. Shown here only.")
    mailed_to = serializers.EmailField(required=False)


class TrainingOut(serializers.ModelSerializer):
    class Meta:
        model = Training
        fields = ("course", "held_on", "recorded_at", "recorded_by")
        read_only_fields = ("recorded_at", "recorded_by")


class Standing(serializers.Serializer):
    """Training and statement; null and false where the statement, or its text of now, is not signed."""

    trainings = TrainingOut(many=True)
    statement_signed_at = serializers.DateTimeField(allow_null=True)
    statement_is_current = serializers.BooleanField()
    left_at = serializers.DateTimeField(allow_null=True)


class SessionOut(serializers.ModelSerializer):
    """Where a user is signed in on the pages; a token of the API is no session."""

    class Meta:
        model = SignIn
        fields = ("id", "at", "address", "browser")


class SessionIn(serializers.Serializer):
    session = serializers.IntegerField(min_value=1)


class SessionEnd(SessionIn, Reason):
    """Which session of the user ends, and why."""
