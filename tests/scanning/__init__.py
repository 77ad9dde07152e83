"""What is read out of Python sources without running them."""
