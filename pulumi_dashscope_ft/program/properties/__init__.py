"""The properties of each kind, as programs of both front ends write and read them."""
