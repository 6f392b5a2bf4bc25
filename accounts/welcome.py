"""What a user signs before first access, and again when its text changes."""

from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from accounts import statement
from accounts.access import SignedInRequest
from accounts.actor import Actor
from accounts.forms import TrainingForm
from accounts.models import User
from accounts.signing import SignatureForm
from accounts.standing import accept_statement, record_training


class StatementForm(SignatureForm):
    """With the training, where none is recorded; signed with user name and password."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, request: SignedInRequest) -> None:
        super().__init__(data, request)
        self.initial["version"] = statement.version()
        if not request.user.trainings.exists():
            self.fields = {**TrainingForm().fields, **self.fields}

    def accept(self, *, user: User, by: Actor) -> None:
        answers = self.cleaned_data
        held_on: date | None = answers.get("held_on")
        with transaction.atomic():
            if held_on:
                record_training(user=user, course=answers["course"], held_on=held_on, by=by)
            accept_statement(user=user, version=answers["version"], by=by)
