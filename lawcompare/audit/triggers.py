"""The database refuses to change or delete an entry of the audit log."""

from lawcompare.triggers import refuse_on_postgresql, refuse_on_sqlite

TABLE = "audit_entry"
REFUSAL = "The audit log only grows."


def statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            *refuse_on_sqlite("audit_refuses_update", "UPDATE", TABLE, "", REFUSAL),
            *refuse_on_sqlite("audit_refuses_delete", "DELETE", TABLE, "", REFUSAL),
        ]
    return refuse_on_postgresql("audit_refuses", "UPDATE OR DELETE", TABLE, f"RAISE EXCEPTION '{REFUSAL}';")
