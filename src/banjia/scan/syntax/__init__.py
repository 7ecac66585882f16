"""Program text as one small tree, the same for every language."""
