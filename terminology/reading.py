"""Which dictionary codes events here, and what it has: the one in force, else the CTCAE of the protocol file."""

from django.contrib.postgres.search import SearchQuery
from django.db.models.functions import Lower

from protocol import current
from terminology import ctcae
from terminology.models import Dictionary, LowestTerm
from terminology.term import Term
from terminology.words import rank, words_of

MOST = 12
# Of the rows that fit only so many are ranked: whoever types one more letter gets others.
LOOKED_AT = 400


def dictionary_name() -> str:
    """The dictionary and version that a term chosen now would come from."""
    held = Dictionary.objects.filter(in_force=True).first()
    return str(held) if held else ctcae.dictionary_of(current().ctcae_version)


def find(query: str, most: int = MOST) -> list[Term]:
    """The terms with a word that begins with each word of the query, the nearest first."""
    typed_words = words_of(query)
    held = Dictionary.objects.filter(in_force=True).first() if typed_words else None
    if held is None:
        return ctcae.find(current().ctcae_version, query, most)
    search = SearchQuery(" & ".join(f"{word}:*" for word in typed_words), search_type="raw", config="simple")
    rows = LowestTerm.objects.filter(dictionary=held, searched=search).defer("searched")[:LOOKED_AT]
    nearest = sorted(rows, key=lambda row: rank(typed_words, row.text))[:most]
    return [_term(row, held) for row in nearest]


def coded(text: str, *, first: str = "") -> Term | None:
    """The term of exactly these words, in any case; None where no dictionary has it.

    `first` is the dictionary that the event was coded with before: a stored term keeps its own.
    """
    if not text.strip():
        return None
    term = _exact(text, first) if first else None
    return term or _exact(text, dictionary_name())


def _exact(text: str, dictionary: str) -> Term | None:
    name, _, version = dictionary.rpartition(" ")
    if name == ctcae.NAME:
        return ctcae.stored(text, dictionary)
    rows = LowestTerm.objects.filter(dictionary__name=name, dictionary__version=version)
    rows = rows.annotate(lowered=Lower("text")).filter(lowered=text.strip().lower())
    row = rows.select_related("dictionary").defer("searched").order_by("code").first()
    return _term(row, row.dictionary) if row else None


def _term(row: LowestTerm, held: Dictionary) -> Term:
    return Term(text=row.text, code=row.code, group=row.soc, dictionary=str(held))
