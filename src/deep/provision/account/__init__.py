"""What is asked of an account and told by it: AWS itself, and what stands there."""
