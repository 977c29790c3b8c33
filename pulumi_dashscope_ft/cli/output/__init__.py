"""How commands speak: tables, progress, failures, exit codes."""
