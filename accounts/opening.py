"""Opening a password link: its key comes in the body of a request, so that no log of addresses has it."""

from allauth.account.forms import UserTokenForm
from allauth.account.views import INTERNAL_RESET_SESSION_KEY, PasswordResetFromKeyView
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

NOT_GOOD = "This link does not work any more. It was used, replaced by a newer one, or is too old: ask for a new one."


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
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        link = form.cleaned_data["key"]
        request.session[INTERNAL_RESET_SESSION_KEY] = link["key"]
        return redirect("account_reset_password_from_key", link["uidb36"], PasswordResetFromKeyView.reset_url_key)
    return render(request, "account/open_link.html", {"form": form})
