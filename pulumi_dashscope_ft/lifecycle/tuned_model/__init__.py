"""A job and its model in one resource, for programs that can't wait for the model by themselves."""
