"""What training and serving cost: prices as data, and an estimate with its basis before anything is bought."""
