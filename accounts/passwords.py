"""Which passwords are refused: those on lists of stolen ones, those that are soon guessed, and those of known words.

Nothing is asked of a network: zxcvbn carries 30,000 stolen passwords, names and words, and knows rows of keys, dates
and repetitions (Wheeler, USENIX Security 2016). Django's validators beside it have 20,000 more.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from accounts.models import Site, User
from accounts.roles import Role
from protocol import current

# Beyond this nothing gets safer, and the estimate slow.
LOOKED_AT = 72
# Of 0 to 4: more than 10^10 guesses.
GOOD = 4
# What is left of a password without the words that anybody here can think of.
LEFT = 8
SHORTEST_WORD = 4
PRODUCT = ("oncology", "edc", "electronic", "data", "capture", "trial", "study", "hospital", "clinic", "cancer")
OWN_WORDS = "It is based on your name, this trial or its sites, which is easy to guess. Choose another."
TOO_EASY = "It is too easy to guess: {why}. Use several unrelated words."
LISTS = {"passwords": "a password that is on lists of stolen ones", "user_inputs": "words of yours or of this trial"}
NAMES = ("male_names", "female_names", "surnames")
PATTERNS = {
    "spatial": "a row of keys",
    "repeat": "a repetition",
    "sequence": "a sequence",
    "date": "a date",
    "regex": "a year",
}


class GuessValidator:
    """For AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:
        words = sorted(own_words(user), key=len, reverse=True)
        if len(_without(password, words)) < LEFT:
            raise ValidationError(OWN_WORDS, code="password_of_own_words")
        estimate = zxcvbn(password[:LOOKED_AT], user_inputs=words)
        if estimate["score"] < GOOD:
            raise ValidationError(TOO_EASY.format(why=_why(estimate["sequence"])), code="password_guessed")

    def get_help_text(self) -> str:
        return "Several words unrelated to each other, to you and to this trial are best."


def own_words(user: User | None) -> set[str]:
    """In small letters: the user's, the product's, the trial's and the sites'."""
    protocol = current()
    texts = [*PRODUCT, *(role.label for role in Role), protocol.code, protocol.title]
    texts += [drug.label for drug in protocol.regimen.drugs]
    texts += [text for site in Site.objects.values_list("code", "name", "country") for text in site]
    words = [user.username, user.first_name, user.last_name, user.email] if user else []
    return {word for word in _words(texts) if len(word) >= SHORTEST_WORD} | {word for word in _words(words) if word[2:]}


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from re.findall(r"\w+", text.lower())


def _without(password: str, words: list[str]) -> str:
    """Letters and digits of the password that belong to none of these words, the longest of which go first."""
    left = password.lower()
    for word in words:
        left = left.replace(word, "")
    return "".join(re.findall(r"[^\W_]", left))


def _why(sequence: list[dict[str, Any]]) -> str:
    """What it is made of, without saying it again."""
    known = dict.fromkeys(filter(None, map(_kind_of, sequence)))
    return ", ".join(known) or "it is short"


def _kind_of(part: dict[str, Any]) -> str:
    if part["pattern"] != "dictionary":
        return PATTERNS.get(part["pattern"], "")
    name = part["dictionary_name"]
    return "a name" if name in NAMES else LISTS.get(name, "a common word")
