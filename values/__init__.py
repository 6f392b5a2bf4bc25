"""How a number, a date or a time of day is read from what people bring, and how it is written for people.

One reader of each for pages, the API and files, without Django: what cannot be read is refused with a sentence for the
place where it was entered, never guessed.
"""

from values.unreadable import UnreadableValue as UnreadableValue
