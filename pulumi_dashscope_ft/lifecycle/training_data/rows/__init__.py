"""What each row of a data file must look like: one module per kind of row or part of a row."""
