"""What differs between installations; imports nothing of ours."""
