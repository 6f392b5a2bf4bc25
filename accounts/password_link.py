"""The link by which a user sets a password: for one use, and only the latest one issued."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator


class PasswordLinkGenerator(PasswordResetTokenGenerator):
    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{getattr(user, 'password_link_issued_at', None)}"


password_link = PasswordLinkGenerator()
