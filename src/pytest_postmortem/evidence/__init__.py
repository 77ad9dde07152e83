"""Evidence of runs as JSON, and the ledger of proofs: written, read back, merged, compared."""
