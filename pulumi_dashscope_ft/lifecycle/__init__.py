"""What create, read, diff, update and delete mean for each resource: decisions, waiting, messages.

It stands on the API client and knows nothing of Pulumi, so that every front end shares one behaviour.
"""
