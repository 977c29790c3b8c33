"""What create, read, diff, update and delete mean for each resource: decisions, waiting, messages.

The package uses the API client and nothing of Pulumi, so that all front ends behave the same.
"""
