"""The sandbox: a platform of its own on which one person plays a whole circle."""
