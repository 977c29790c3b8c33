"""What the kinds of objects are called."""

JOB, FILE, DEPLOYMENT = "job", "file", "deployment"
