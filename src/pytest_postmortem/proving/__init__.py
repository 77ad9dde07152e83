"""The proof: a linked test fails without the fix and passes with it."""
