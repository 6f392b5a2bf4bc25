"""The tables that leave at the pages of queries, but for the list itself, whose filter goes with it."""

from accounts.roles import Permission
from audit.exporting import Export, offer
from review.queries.ageing import ageing, as_table

offer(
    Export(
        name="query_ageing_file",
        address="queries/ageing",
        page="query_ageing",
        title="query ageing by site",
        file="query-ages",
        permission=Permission.VIEW_SUBJECTS,
        rows=lambda access: as_table(ageing(access)),
        kinds=("csv",),
    )
)
