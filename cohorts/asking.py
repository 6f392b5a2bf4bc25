"""A page that asks for one thing, has a service do it, and goes on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest
from accounts.actor import Locked
from cohorts.services import Refused


def ask(
    request: SignedInRequest,
    form: Form,
    do: Callable[..., Any],
    *,
    title: str,
    button: str,
    back: str,
    message: str | Callable[[Any], str] = "Done.",
    goes_to: Callable[[Any], str] | None = None,
    template: str = "cohorts/ask.html",
    **context: Any,
) -> HttpResponse:
    """Shows the form; posted and valid, calls `do` with what was typed, says `message` (of the result, where it is a
    function) and goes to `goes_to(result)` or `back`.

    What the service refuses stands at the field that it names, with everything typed still there.
    """
    if request.method == "POST" and form.is_valid():
        try:
            result = do(**form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        except Locked as locked:
            form.add_error(None, str(locked))
        else:
            if message:
                messages.success(request, message if isinstance(message, str) else message(result))
            return redirect(goes_to(result) if goes_to else back)
    shown = {"form": form, "title": title, "button": button, "back": back, **context}
    return render(request, template, shown, status=422 if form.errors else 200)


def show_refusal(form: Form, refusal: Refused) -> None:
    for field, sentences in refusal.errors.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)
