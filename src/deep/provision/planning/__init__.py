"""What a deploy will do, told before it does anything. Pure."""
