#!/bin/sh
# Every linter, all of them even when one fails. Needs what `make setup-tests` installs.
cd "$(dirname "$0")/.." || exit 1
python=.venv/bin/python
failed=""

try() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name,"
}

try style "$python" -m ruff check .
try format "$python" -m ruff format --check .
try types "$python" -m mypy
try imports "$python" -c "import sys; from importlinter.cli import lint_imports_command; sys.argv = ['lint-imports']; lint_imports_command()"
try templates "$python" -m djlint templates --lint --quiet
try settings "$python" manage.py check
if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    try scripts sh deploy/javascript/check.sh
else
    echo "== scripts: left out, for want of node (20.19 or later)"
fi
# Against a server of its own: whether a migration is missing is asked of the database's history too.
try migrations "$python" -m embedded --name lint with -- "$python" manage.py makemigrations --check --dry-run

if [ -n "$failed" ]; then
    echo "Failed: ${failed%,}" >&2
    exit 1
fi
echo "All linters are content."
