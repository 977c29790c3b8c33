"""Front end: the provider plugin, which serves every Pulumi language over gRPC.

Start it with `pulumi-resource-dashscope-ft`, or let the engine do that.
"""
