"""An electronic signature: whoever signs gives user name and password again, at that moment (21 CFR 11.200),
and the second factor where the role must have one."""

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import attempts
from accounts.access import SignedInRequest
from accounts.actor import acting
from accounts.adapter import AccountAdapter, require_no_pause
from accounts.second_factor import required_of

_who_is_there = reauthentication_required(lambda request: None)
REFUSED = "User name and password are not those of the one who is signed in."
TYPED = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
WRONG_CODE = "This is not a code of your second factor. A code is good once and for half a minute."


def is_known_anew(request: HttpRequest) -> bool:
    """Whether who is signed in has given password or second factor again within the last minutes."""
    try:
        _who_is_there(request)
    except ReauthenticationRequired:
        return False
    return True


class SignatureForm(forms.Form):
    """To be put under what is signed. A failure is logged as a failed sign-in, and too many in one session pause."""

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
        """Asked after the password, and counted as it is: allauth's own count is that of the sign-in."""
        attempt = attempts.in_session(self.request, "code")
        try:
            require_no_pause(attempt)
        except ValidationError as pause:
            self.add_error("code", pause)
            return
        factors = list(Authenticator.objects.filter(user=self.request.user, type__in=TYPED).order_by("-type"))
        # A recovery code is struck off by the look at it.
        with acting(self.request.access.actor(), reason="second factor", waits=False):
            is_right = any(factor.wrap().validate_code(code) for factor in factors)
        if is_right:
            attempt.succeeded()
            return
        self.add_error("code", WRONG_CODE)
        if factors:
            checked = {"user": self.request.user, "authenticator": factors[0], "reauthentication": True}
            authentication_failed.send(sender=Authenticator, request=self.request, **checked)
