"""The net under the reading: whatever asks for a test, found from the raw lines and held against what was read."""
