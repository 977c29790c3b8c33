"""Address and identity of the client: the base URL, the key, the settings."""
