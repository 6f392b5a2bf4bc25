"""The tables that leave at the pages of source verification."""

from accounts.roles import Permission
from audit.exporting import Export, offer
from sdv.reading import as_table, progress

offer(
    Export(
        name="sdv_progress_file",
        address="sdv/progress",
        page="sdv_progress",
        title="progress of source verification by site",
        file="source-verification",
        permission=Permission.VIEW_SUBJECTS,
        rows=lambda access: as_table(progress(access)),
        kinds=("csv",),
    )
)
