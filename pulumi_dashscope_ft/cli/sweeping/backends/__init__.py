"""Where the states of whole backends are read: directly from folders and buckets, or through the `pulumi` command."""
