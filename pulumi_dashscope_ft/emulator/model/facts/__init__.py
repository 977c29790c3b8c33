"""What the documentation says of models: what they can be trained with, and what a run uses up."""
