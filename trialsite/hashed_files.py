"""Static files under names that hold their content's hash, also where one of our scripts imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django can rewrite all scripts' imports, third parties' too, whose files name addresses that are nowhere.
OURS = "js/*.js"
IMPORTS = (
    (r"""(?P<matched>import(?P<names> \{[^}]*\}) from "(?P<url>\./[^"]+)";)""", 'import%(names)s from "%(url)s";'),
    (r"""(?P<matched>import "(?P<url>\./[^"]+)";)""", 'import "%(url)s";'),
)


class HashedFiles(CompressedManifestStaticFilesStorage):
    patterns = (*CompressedManifestStaticFilesStorage.patterns, (OURS, IMPORTS))
