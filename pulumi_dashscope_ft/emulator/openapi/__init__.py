"""The emulated API, described in OpenAPI."""
