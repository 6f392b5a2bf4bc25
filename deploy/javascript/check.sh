#!/bin/sh
# ESLint and the type check over static/js. Their packages are installed anew only when the lockfile changes; on a machine
# that cannot reach npm's registry a line says that nothing was checked.
cd "$(dirname "$0")" || exit 1
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
    if ! output=$(npm ci --no-audit --no-fund --loglevel=error 2>&1); then
        echo "$output" >&2
        case $output in
        *ENOTFOUND* | *ECONNREFUSED* | *EAI_AGAIN* | *ETIMEDOUT* | *ENETUNREACH* | *E403* | *E404*)
            echo "scripts: left out, as npm's registry cannot be reached"
            exit 0
            ;;
        esac
        exit 1
    fi
    cp package-lock.json node_modules/installed-lock.json
fi
failed=0
node_modules/.bin/tsc --project . || failed=1
cd ../.. && deploy/javascript/node_modules/.bin/eslint --config deploy/javascript/eslint.config.js static/js || failed=1
exit "$failed"
