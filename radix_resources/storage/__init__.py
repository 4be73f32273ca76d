"""Storage of snapshots: the contract and its backends."""
