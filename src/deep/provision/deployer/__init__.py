"""What whoever deploys must be allowed: the least policy that suffices, and whether they have it."""
