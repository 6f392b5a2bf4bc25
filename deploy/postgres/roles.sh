#!/bin/sh
# Run once by the database's image, when its volume is empty: the two roles and the database that the owner owns.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" <<'SQL'
CREATE ROLE edc_owner LOGIN PASSWORD :'owner';
CREATE ROLE edc_app LOGIN PASSWORD :'app';
CREATE DATABASE edc OWNER edc_owner;
SQL
