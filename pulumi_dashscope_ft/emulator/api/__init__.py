"""The endpoints of the emulated API: what each checks, does and answers."""
