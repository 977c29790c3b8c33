"""How many tokens the rows of a training file have, counted while the file is read for its check."""
