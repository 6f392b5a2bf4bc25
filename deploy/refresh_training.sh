#!/bin/sh
# Throw away what was typed into a training copy and set it up anew by its protocol file: sh deploy/refresh_training.sh training.env
set -eu
cd "$(dirname "$0")/.."
file=${1:-training.env}
project=$(sed -n 's/^COMPOSE_PROJECT_NAME=//p' "$file")
case $project in
    *-training) ;;
    *)
        echo "$file names the project '$project': only one whose name ends in -training is thrown away." >&2
        exit 1
        ;;
esac
compose() {
    docker compose --project-name "$project" --env-file "$file" --file docker-compose.yml --file deploy/training.yml "$@"
}
compose down
# The certificates stay: who gives them out counts how often.
for volume in database broker beat; do
    docker volume rm --force "${project}_$volume"
done
compose up --detach --build
echo "$project is empty. Its first user:"
echo "  docker compose --env-file $file --file docker-compose.yml --file deploy/training.yml exec worker python manage.py create_admin NAME --first-name FIRST --last-name LAST --email ADDRESS"
