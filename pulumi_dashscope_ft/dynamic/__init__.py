"""Front end: the Pulumi dynamic provider and the resource classes of the default, Python-only flavour."""
