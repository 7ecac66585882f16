"""What it means for us: profile x route x day -> assessment -> policy."""
