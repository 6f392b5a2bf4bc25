"""An electronic signature: who signs gives the own user name and password again, at that moment (21 CFR 11.200),
and the second factor where the role must have one."""

from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError

from accounts.access import SignedInRequest
from accounts.adapter import AccountAdapter
from accounts.second_factor import required_of

REFUSED = "User name and password are not those of the one who is signed in."


class SignatureForm(forms.Form):
    """To be put under what is signed. A failure counts as a failed sign-in: it is logged, and too many pause."""

    use_required_attribute = False
    username = forms.CharField(
        label="Your user name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="Your password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, data: object, request: SignedInRequest) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.request = request
        if required_of(request.access):
            self.fields["code"] = forms.CharField(
                label="Code of your second factor",
                max_length=20,
                help_text="From your authenticator app, or one of your recovery codes.",
                widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
            )

    def clean(self) -> dict[str, str]:
        values = super().clean() or self.cleaned_data
        # Asked only where all else is right, so that what is not signed yet costs no attempt.
        if not self.errors:
            self._require_own(values["username"].strip().lower(), values["password"])
            if "code" in self.fields:
                self._require_factor(values.pop("code"))
        return values

    def _require_own(self, username: str, password: str) -> None:
        user = None
        if username == self.request.user.get_username():
            user = AccountAdapter(self.request).authenticate(self.request, username=username, password=password)
        if user is None or user.pk != self.request.user.pk:
            raise ValidationError(REFUSED)
        if user.password != self.request.user.password:
            # An older hash is renewed where the password is given, which would end the session.
            update_session_auth_hash(self.request, user)

    def _require_factor(self, code: str) -> None:
        """Asked after the password, by the form of the sign-in: limited and logged as there."""
        given = AuthenticateForm(data={"code": code}, user=self.request.user)
        if not given.is_valid():
            for sentence in given.errors["code"]:
                self.add_error("code", sentence)
