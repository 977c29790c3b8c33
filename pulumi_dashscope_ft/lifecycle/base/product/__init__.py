"""A job whose product, a model, is waited for by its resource: what the kinds of such jobs share."""
