#!/bin/sh
# Run once by the database's image, when its volume is empty: the roles and the database that the owner owns.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" \
    --set worker="$WORKER_PASSWORD" --set backup="$BACKUP_PASSWORD" <<'SQL'
CREATE ROLE edc_owner LOGIN PASSWORD :'owner';
CREATE ROLE edc_app LOGIN PASSWORD :'app';
CREATE ROLE edc_worker LOGIN PASSWORD :'worker';
CREATE ROLE edc_backup LOGIN REPLICATION BYPASSRLS IN ROLE pg_read_all_data PASSWORD :'backup';
CREATE DATABASE edc OWNER edc_owner;
SQL
# "all" in the image's own line means every database, and replication is none.
echo "host replication edc_backup all scram-sha-256" >> "$PGDATA/pg_hba.conf"
