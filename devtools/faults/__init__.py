"""What happens when processes die: jobs killed at chosen points, then run again and compared."""
