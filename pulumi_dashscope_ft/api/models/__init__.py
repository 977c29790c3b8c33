"""The objects of the service's answers, as frozen dataclasses."""
