"""The migration operation that puts a table under the trail."""

from typing import Any

from django.db.migrations.operations import RunSQL


class Trail(RunSQL):
    """Record every insert, update and delete of `table`, leaving the columns `leave_out` (secrets, noise) unrecorded.

    ENABLE ALWAYS: a session that plays a replica cannot switch the trigger off.
    """

    def __init__(self, table: str, leave_out: tuple[str, ...] = ()) -> None:
        self.table, self.leave_out = table, leave_out
        arguments = ", ".join(f"'{column}'" for column in leave_out)
        super().__init__(
            sql=f"""
                CREATE TRIGGER trail AFTER INSERT OR UPDATE OR DELETE ON {table}
                    FOR EACH ROW EXECUTE FUNCTION audit_record({arguments});
                ALTER TABLE {table} ENABLE ALWAYS TRIGGER trail;
            """,
            reverse_sql=f"DROP TRIGGER trail ON {table};",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], {"leave_out": self.leave_out})
