"""The servers that `make run` and `make test` start, and their processes: database, broker, web, worker, beat.

Nothing here knows Django or the trial; a deployment on servers of one's own does not use it.
"""
