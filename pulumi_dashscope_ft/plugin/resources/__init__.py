"""What the plugin does with a resource: check, diff, create, read, update, delete, import, list."""
