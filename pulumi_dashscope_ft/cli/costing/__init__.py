"""What the account's jobs have cost: which jobs count, whose they are, and the report."""
