"""What the text says: statute files and the packs that hold them."""
