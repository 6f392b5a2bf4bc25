"""The keys that a restore needs, by the names of their settings: a backup says the names, never a value."""

from backups.sealed import NAME

NEEDED = {
    NAME: "decrypts the backup",
    "TRAIL_SEAL_KEYS": "verifies the seal of the trail (by default SECRET_KEY)",
    "FACTOR_KEYS": "reads the secrets of second factors; without it each of them is reset (by default SECRET_KEY)",
    "SESSION_KEYS": "prove whose sessions and tokens are; all of them end on a restore, so a new one will do",
    "SECRET_KEY": "signs sessions and links; all of them end on a restore, so a new one will do where it seals nothing",
}
