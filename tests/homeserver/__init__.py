"""A real Matrix homeserver for the tests: Synapse on loopback, and a proxy that makes faults."""
