#!/bin/sh
# ESLint and the type check over static/js. Their packages are installed anew only when the lockfile changes.
cd "$(dirname "$0")" || exit 1
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
    npm ci --no-audit --no-fund --loglevel=error >&2 || exit 1
    cp package-lock.json node_modules/installed-lock.json
fi
failed=0
node_modules/.bin/tsc --project . || failed=1
cd ../.. && deploy/javascript/node_modules/.bin/eslint --config deploy/javascript/eslint.config.js static/js || failed=1
exit "$failed"
