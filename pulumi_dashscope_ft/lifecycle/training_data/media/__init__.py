"""How long clips and recordings are, and how large pictures: read from their headers while their bytes pass."""
