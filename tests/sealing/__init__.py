"""What two key-holders open together, and nobody else."""
