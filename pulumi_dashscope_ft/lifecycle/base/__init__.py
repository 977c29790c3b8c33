"""What all resource kinds share."""
