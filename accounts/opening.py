"""Opening a password link: its key comes in the body of a request, so that no log of addresses has it. Once the
password is set, the page asks for it to sign in, as the user whose link it was."""

from typing import Any

from allauth.account.forms import LoginForm, UserTokenForm
from allauth.account.views import (
    INTERNAL_RESET_SESSION_KEY,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
)
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from components.pages import require_get_or_post

USER_OF_LINK = "user_of_link"
NOT_GOOD = "This link is no longer valid. It was used, replaced by a newer one, or has expired: request a new one."


class LinkForm(forms.Form):
    """The page's script fills it from the address; without scripts the link is pasted."""

    key = forms.CharField(label="Your link", max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_key(self) -> dict[str, str]:
        user, _, key = self.cleaned_data["key"].rpartition("#")[2].partition("-")
        if not UserTokenForm(data={"uidb36": user, "key": key}).is_valid():
            raise forms.ValidationError(NOT_GOOD)
        return {"uidb36": user, "key": key}


@login_not_required
@sensitive_post_parameters("key")
@require_get_or_post
def open_link(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        link = form.cleaned_data["key"]
        request.session[INTERNAL_RESET_SESSION_KEY] = link["key"]
        return redirect("account_reset_password_from_key", link["uidb36"], PasswordResetFromKeyView.reset_url_key)
    return render(request, "account/open_link.html", {"form": form})


class SetPassword(PasswordResetFromKeyView):  # type: ignore[misc]
    def form_valid(self, form: forms.Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        self.request.session[USER_OF_LINK] = self.reset_user.username
        return answer


class PasswordIsSet(PasswordResetFromKeyDoneView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = LoginForm(request=self.request, initial={"login": self.request.session.get(USER_OF_LINK, "")})
        form.fields["login"].widget.attrs.pop("autofocus", None)
        form.fields["password"].widget.attrs["autofocus"] = True
        return {**super().get_context_data(**kwargs), "form": form}
